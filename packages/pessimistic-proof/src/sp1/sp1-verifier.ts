import { blake3 } from '@noble/hashes/blake3.js'
import { sha256 } from '@noble/hashes/sha2.js'
import {
  bn254,
  bytesEqual,
  err,
  hash32,
  ok,
  type Bn254,
  type Hash32,
  type Result,
} from '@zkstack/crypto'
import { bigintFromBytes } from '../codec/u256.js'
import {
  selectorOf,
  selectorText,
  sp1Circuits,
  type Sp1Circuit,
  type Sp1ProofSystem,
} from './circuits.js'
import { groth16Fault } from './groth16.js'
import { parseGroth16Key, type Groth16Key } from './groth16-key.js'
import { plonkFault } from './plonk.js'
import { parsePlonkKey, type PlonkKey } from './plonk-key.js'
import { isScalar } from './scalar-field.js'
import type { Sp1Error, Sp1KeyFault, Sp1ProofFault } from './sp1-error.js'

/** What to verify, and what of it to accept. */
export interface Sp1ProofClaim {
  /** As SP1 and L1 pass it: selector, from v6 on exit code, root and nonce, then the proof. */
  readonly proof: Uint8Array
  /** What the program is said to have committed to. */
  readonly publicValues: Uint8Array
  /** The program's verifying key, 32 bytes. */
  readonly vkey: Uint8Array
  /** Accepts proofs of withdrawn circuits, v4 and older: for old records. Off by default. */
  readonly allowOldCircuits?: boolean
  /** How the program hashed its public values; L1 knows `sha256`, the default, alone. */
  readonly digest?: 'sha256' | 'blake3'
  /** The exit code that must be proven; 0 by default, and before v6 always. */
  readonly expectedExitCode?: bigint
}

/** What an accepted proof proves: the program with this key ran to this exit code and committed to these values. */
export interface Sp1Statement {
  readonly vkey: Hash32
  readonly publicValues: Uint8Array
  /** The digest of the public values that the circuit sees: its top three bits are cleared. */
  readonly publicValuesDigest: Hash32
  readonly system: Sp1ProofSystem
  /** The circuit's version, such as `v6.1.0`. */
  readonly version: string
  readonly selector: string
  /** Stated since v6; an older circuit proves exit code 0 alone. */
  readonly exitCode?: bigint
  /** Chosen by the prover; since v6. */
  readonly proofNonce?: bigint
}

const selectorBytes = 4
const statedBytes = 96

type LoadedKey =
  | { readonly system: 'groth16'; readonly key: Groth16Key }
  | { readonly system: 'plonk'; readonly key: PlonkKey }

/** The inputs that a proof of some circuit is checked against, and where its own bytes begin. */
interface Stated {
  readonly inputs: readonly bigint[]
  readonly start: number
  readonly exitCode?: bigint
  readonly proofNonce?: bigint
}

/**
 * Verifies SP1 proofs of a set of circuits, and remembers each circuit's key from the first proof on (reading a key costs about as
 * much as verifying a proof). Stateless otherwise: make one and keep it.
 */
export class Sp1Verifier {
  readonly #circuits: ReadonlyMap<string, Sp1Circuit>
  readonly #backend: Bn254 | undefined
  readonly #keys = new Map<Sp1Circuit, { backend: Bn254; loaded: Result<LoadedKey, Sp1KeyFault> }>()

  /** Takes the circuits to accept proofs of, all by default, and the arithmetic to use instead of the one in use. */
  constructor(o: { readonly circuits?: readonly Sp1Circuit[]; readonly backend?: Bn254 } = {}) {
    const circuits = o.circuits ?? sp1Circuits
    this.#circuits = new Map(circuits.map((circuit) => [selectorOf(circuit), circuit]))
    this.#backend = o.backend
  }

  /**
   * Whether the proof proves the claim, checked in the order of the contracts on L1: selector, exit code, root, public inputs,
   * proof.
   * @throws RangeError when `vkey` is not 32 bytes long.
   */
  verify(claim: Sp1ProofClaim): Result<Sp1Statement, Sp1Error> {
    const vkey = hash32(Uint8Array.from(claim.vkey))
    const { proof } = claim
    if (proof.length < selectorBytes) return err(tooShort(proof, selectorBytes))
    const selector = selectorText(proof)
    const circuit = this.#circuits.get(selector)
    if (circuit === undefined) {
      const expected = [...this.#circuits.keys()]
      return err({ code: 'WrongVerifierSelector', received: selector, expected })
    }
    const { version, system } = circuit
    if (circuit.isOld && claim.allowOldCircuits !== true) {
      return err({ code: 'RouteIsFrozen', selector, version })
    }
    const publicValuesDigest = digestOf(claim)
    const stated = readStated(claim, circuit, publicValuesDigest)
    if (!stated.ok) return stated
    const { inputs, start, ...statedValues } = stated.value
    const input = inputs.findIndex((value) => !isScalar(value))
    if (input >= 0) return err({ code: 'PublicInputNotInField', input })
    const backend = this.#backend ?? bn254.current
    const loaded = this.#load(circuit, backend)
    if (!loaded.ok) return err({ code: 'InvalidVerifyingKey', version, fault: loaded.error })
    const fault = faultOf(backend, loaded.value, proof.subarray(start), inputs)
    if (fault !== undefined) {
      return err({ code: system === 'plonk' ? 'InvalidProof' : 'ProofInvalid', fault })
    }
    const publicValues = Uint8Array.from(claim.publicValues)
    return ok({
      vkey,
      publicValues,
      publicValuesDigest,
      system,
      version,
      selector,
      ...statedValues,
    })
  }

  /** The circuit's key for a backend; a key prepared by another one would have to be prepared anew at each proof. */
  #load(circuit: Sp1Circuit, backend: Bn254): Result<LoadedKey, Sp1KeyFault> {
    const known = this.#keys.get(circuit)
    if (known?.backend === backend) return known.loaded
    const loaded = loadKey(circuit, backend)
    this.#keys.set(circuit, { backend, loaded })
    return loaded
  }
}

/**
 * Whether an SP1 proof, Groth16 or PLONK, proves a claim: exactly what the verifier contracts on L1 accept, except that bytes after a
 * Groth16 proof are refused. Pass a {@link Sp1Verifier} that is kept to read each circuit's key once, not every time.
 *
 * A Groth16 proof can be altered into another valid one, so that a proof's bytes identify nothing.
 * @throws RangeError when `vkey` is not 32 bytes long.
 */
export function verifySp1Proof(
  o: Sp1ProofClaim & { readonly verifier?: Sp1Verifier },
): Result<Sp1Statement, Sp1Error> {
  return (o.verifier ?? new Sp1Verifier()).verify(o)
}

function loadKey(circuit: Sp1Circuit, backend: Bn254): Result<LoadedKey, Sp1KeyFault> {
  const bytes = circuit.verifyingKey()
  if (!bytesEqual(sha256(bytes), circuit.verifierHash)) return err('HASH')
  const inputCount = circuit.vkRoot === undefined ? 2 : 5
  if (circuit.system === 'plonk') {
    const key = parsePlonkKey(backend, bytes)
    if (!key.ok) return key
    return key.value.inputCount === inputCount
      ? ok({ system: 'plonk', key: key.value })
      : err('FORM')
  }
  const key = parseGroth16Key(backend, bytes)
  if (!key.ok) return key
  const fits = key.value.inputs.length === inputCount + 1
  return fits ? ok({ system: 'groth16', key: key.value }) : err('FORM')
}

/** Reads what the proof states beside its own bytes, and checks what must have one value. */
function readStated(
  { proof, vkey, expectedExitCode = 0n }: Sp1ProofClaim,
  { vkRoot }: Sp1Circuit,
  digest: Hash32,
): Result<Stated, Sp1Error> {
  const inputs = [vkey, digest].map(bigintFromBytes)
  if (vkRoot === undefined) {
    if (expectedExitCode === 0n) return ok({ inputs, start: selectorBytes })
    return err({ code: 'InvalidExitCode', received: 0n, expected: expectedExitCode })
  }
  const start = selectorBytes + statedBytes
  if (proof.length < start) return err(tooShort(proof, start))
  const root = Uint8Array.from(proof.subarray(36, 68))
  const [exitCode, proofNonce] = [proof.subarray(4, 36), proof.subarray(68, 100)].map(
    bigintFromBytes,
  ) as [bigint, bigint]
  if (exitCode !== expectedExitCode) {
    return err({ code: 'InvalidExitCode', received: exitCode, expected: expectedExitCode })
  }
  if (!bytesEqual(root, vkRoot)) {
    return err({ code: 'InvalidVkRoot', received: hash32(root), expected: vkRoot })
  }
  return ok({
    inputs: [...inputs, exitCode, bigintFromBytes(root), proofNonce],
    ...{ start, exitCode, proofNonce },
  })
}

function faultOf(
  backend: Bn254,
  loaded: LoadedKey,
  proof: Uint8Array,
  inputs: readonly bigint[],
): Sp1ProofFault | undefined {
  return loaded.system === 'plonk'
    ? plonkFault(backend, loaded.key, proof, inputs)
    : groth16Fault(backend, loaded.key, proof, inputs)
}

function digestOf({ publicValues, digest = 'sha256' }: Sp1ProofClaim): Hash32 {
  const bytes = digest === 'blake3' ? blake3(publicValues) : sha256(publicValues)
  bytes[0] = (bytes[0] ?? 0) & 0x1f
  return hash32(bytes)
}

function tooShort(proof: Uint8Array, minimum: number): Sp1Error {
  return { code: 'InvalidProofBytesLength', length: proof.length, minimum }
}
