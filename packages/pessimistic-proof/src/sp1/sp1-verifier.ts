import { bn254, err, hash32, ok, type Bn254, type Result } from '@zkstack/crypto'
import { loadCircuitKey, proofFault, type CircuitKey } from './circuit-key.js'
import { selectorOf, selectorText, sp1Circuits, type Sp1Circuit } from './circuits.js'
import { isScalar } from './scalar-field.js'
import type { Sp1ProofClaim, Sp1Statement } from './sp1-claim.js'
import type { Sp1Error, Sp1KeyFault } from './sp1-error.js'
import { digestOf, readStatedInputs, selectorBytes, tooShort } from './stated-inputs.js'

/** A key as one backend prepared it. */
interface KnownKey {
  readonly backend: Bn254
  readonly loaded: Result<CircuitKey, Sp1KeyFault>
}

/**
 * Verifies SP1 proofs of a set of circuits, and remembers each circuit's key from the first proof on (reading a key costs about as
 * much as verifying a proof). Stateless otherwise: make one and keep it.
 */
export class Sp1Verifier {
  readonly #circuits: ReadonlyMap<string, Sp1Circuit>
  readonly #backend: Bn254 | undefined
  readonly #keys = new Map<Sp1Circuit, KnownKey>()

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
    const stated = readStatedInputs(claim, circuit, publicValuesDigest)
    if (!stated.ok) return stated
    const { inputs, start, ...statedValues } = stated.value
    const input = inputs.findIndex((value) => !isScalar(value))
    if (input >= 0) return err({ code: 'PublicInputNotInField', input })
    const backend = this.#backend ?? bn254.current
    const loaded = this.#load(circuit, backend)
    if (!loaded.ok) return err({ code: 'InvalidVerifyingKey', version, fault: loaded.error })
    const fault = proofFault(backend, loaded.value, proof.subarray(start), inputs)
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
  #load(circuit: Sp1Circuit, backend: Bn254): Result<CircuitKey, Sp1KeyFault> {
    const known = this.#keys.get(circuit)
    if (known?.backend === backend) return known.loaded
    const loaded = loadCircuitKey(circuit, backend)
    this.#keys.set(circuit, { backend, loaded })
    return loaded
  }
}
