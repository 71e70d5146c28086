import { bn254 } from '@noble/curves/bn254.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bn254Order, concatBytes, hash32, type Hash32 } from '@zkstack/crypto'
import { bigintFromBytes, bytesFromBigint } from '../src/codec/u256.js'
import type { Sp1Circuit } from '../src/sp1/circuits.js'

const field = bn254.fields.Fr
const G1 = bn254.G1.Point
const G2 = bn254.G2.Point
const half = bn254.fields.Fp.ORDER / 2n

/** The secrets of the setup, which no real circuit's maker may know: whoever does can prove anything. */
const secrets = { alpha: 3n, beta: 5n, gamma: 7n, delta: 11n }
const inputSecrets = [13n, 17n, 19n, 23n, 29n, 31n]

/** What a {@link TrapdoorCircuit} is made with; by default a circuit of the form since v6. */
export interface TrapdoorOptions {
  readonly version?: string
  /** `undefined` for a circuit of the form before v6. */
  readonly vkRoot?: Hash32 | undefined
  /** Secret of δ; equal to γ's, 7, the key must be refused. */
  readonly delta?: bigint
}

/**
 * A Groth16 circuit whose setup's secrets are known, so that it gives valid proofs of any statement at once: for tests of what comes
 * after a proof. A verifier accepts them only if it is told to accept this circuit.
 */
export class TrapdoorCircuit {
  /** For `new Sp1Verifier({ circuits: [circuit] })`. */
  readonly circuit: Sp1Circuit
  readonly #delta: bigint

  constructor(o: TrapdoorOptions = {}) {
    const vkRoot = 'vkRoot' in o ? o.vkRoot : hash32(new Uint8Array(32).fill(0x01))
    this.#delta = o.delta ?? secrets.delta
    const key = verifyingKey(this.#delta, vkRoot === undefined ? 3 : 6)
    this.circuit = {
      version: o.version ?? 'trapdoor',
      system: 'groth16',
      verifierHash: hash32(sha256(key)),
      ...(vkRoot === undefined ? {} : { vkRoot }),
      isOld: false,
      verifyingKey: () => key,
    }
  }

  /** A proof that the program with this key committed to these values, in the form that a verifier takes. */
  prove(o: {
    readonly vkey: Uint8Array
    readonly publicValues: Uint8Array
    readonly exitCode?: bigint
    readonly nonce?: bigint
    readonly digest?: (bytes: Uint8Array) => Uint8Array
  }): Uint8Array {
    const digest = (o.digest ?? sha256)(o.publicValues)
    const inputs = [bigintFromBytes(o.vkey), bigintFromBytes(digest) % (1n << 253n)]
    const selector = this.circuit.verifierHash.subarray(0, 4)
    if (this.circuit.vkRoot === undefined) return concatBytes(selector, this.#prove(inputs))
    const stated = [o.exitCode ?? 0n, bigintFromBytes(this.circuit.vkRoot), o.nonce ?? 0n]
    const proof = this.#prove([...inputs, ...stated])
    return concatBytes(selector, ...stated.map(bytesFromBigint), proof)
  }

  /** Solves ab = αβ + γL + δc for c, with any a and b. */
  #prove(inputs: readonly bigint[]): Uint8Array {
    const [a, b] = [37n, 41n]
    const statement = inputs.reduce(
      (sum, input, i) => field.add(sum, field.mul(input % bn254Order, inputSecrets[i + 1] ?? 0n)),
      inputSecrets[0] ?? 0n,
    )
    const rest = field.sub(
      a * b - secrets.alpha * secrets.beta,
      field.mul(secrets.gamma, statement),
    )
    const c = field.mul(rest, field.inv(this.#delta))
    return concatBytes(uncompressedG1(a), uncompressedG2(b), uncompressedG1(c))
  }
}

/** The key in gnark's binary form. */
function verifyingKey(delta: bigint, inputPoints: number): Uint8Array {
  const { alpha, beta, gamma } = secrets
  return concatBytes(
    ...[compressedG1(alpha), compressedG1(beta), compressedG2(beta), compressedG2(gamma)],
    ...[compressedG1(delta), compressedG2(delta)],
    Uint8Array.of(0, 0, 0, inputPoints),
    ...inputSecrets.slice(0, inputPoints).map(compressedG1),
    new Uint8Array(8),
  )
}

function coordinates(scalar: bigint): { readonly x: bigint; readonly y: bigint } {
  return G1.BASE.multiply(scalar).toAffine()
}

function uncompressedG1(scalar: bigint): Uint8Array {
  const { x, y } = coordinates(scalar)
  return concatBytes(bytesFromBigint(x), bytesFromBigint(y))
}

function uncompressedG2(scalar: bigint): Uint8Array {
  const { x, y } = G2.BASE.multiply(scalar).toAffine()
  return concatBytes(...[x.c1, x.c0, y.c1, y.c0].map(bytesFromBigint))
}

function compressedG1(scalar: bigint): Uint8Array {
  const { x, y } = coordinates(scalar)
  return withFlags(bytesFromBigint(x), y > half)
}

function compressedG2(scalar: bigint): Uint8Array {
  const { x, y } = G2.BASE.multiply(scalar).toAffine()
  const bytes = concatBytes(bytesFromBigint(x.c1), bytesFromBigint(x.c0))
  return withFlags(bytes, (y.c1 === 0n ? y.c0 : y.c1) > half)
}

function withFlags(bytes: Uint8Array, isLargerY: boolean): Uint8Array {
  bytes[0] = (bytes[0] ?? 0) | (isLargerY ? 0xc0 : 0x80)
  return bytes
}
