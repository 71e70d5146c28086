import { err, ok, type Bn254, type Bn254G1, type Bn254Lines, type Result } from '@zkstack/crypto'
import { KeyFormError, KeyReader } from './key-reader.js'
import { scalarField as field } from './scalar-field.js'
import type { Sp1KeyFault } from './sp1-error.js'

/** A PLONK verifying key of gnark with one custom gate, its points of G2 prepared for pairings. */
export interface PlonkKey {
  /** Order n of the domain, a power of two. */
  readonly domainSize: bigint
  readonly inverseDomainSize: bigint
  /** ω, an n-th root of unity. */
  readonly generator: bigint
  readonly inputCount: number
  readonly cosetShift: bigint
  /** Commitments to the permutation: S1, S2, S3. */
  readonly permutation: readonly [Bn254G1, Bn254G1, Bn254G1]
  /** Commitments to the selectors. */
  readonly ql: Bn254G1
  readonly qr: Bn254G1
  readonly qm: Bn254G1
  readonly qo: Bn254G1
  readonly qk: Bn254G1
  /** Commitment to the selector of the custom gate. */
  readonly qcp: Bn254G1
  /** Index of the constraint, counted after the public inputs, that the custom gate's commitment enters. */
  readonly commitmentIndex: number
  /** The KZG setup: a point of G1, a point of G2 and its multiple by the secret. */
  readonly g1: Bn254G1
  readonly g2: Bn254Lines
  readonly tauG2: Bn254Lines
}

/** gnark's table of pairing lines for the two points of G2. */
const linesBytes = 33_792
const largestDomain = 2 ** 28

/**
 * Parses gnark's binary form: u64 n, n⁻¹, ω, u64 inputs, coset shift, S1 S2 S3 Ql Qr Qm Qo Qk, u32 1 and Qcp, the KZG setup, a
 * table of lines, u32 1 and the u64 commitment index. All points are compressed, numbers big-endian.
 * @see https://github.com/Consensys/gnark
 */
export function parsePlonkKey(bn254: Bn254, bytes: Uint8Array): Result<PlonkKey, Sp1KeyFault> {
  const reader = new KeyReader(bn254, bytes)
  try {
    const size = reader.number(8)
    const domain = {
      domainSize: BigInt(size),
      inverseDomainSize: reader.scalar(),
      generator: reader.scalar(),
    }
    const inputCount = reader.number(8)
    const cosetShift = reader.scalar()
    const permutation = [reader.g1(), reader.g1(), reader.g1()] as const
    const [ql, qr, qm] = [reader.g1(), reader.g1(), reader.g1()]
    const [qo, qk] = [reader.g1(), reader.g1()]
    reader.expect(1)
    const qcp = reader.g1()
    const g1 = reader.g1()
    const g2 = bn254.prepare(reader.g2())
    const tauG2 = bn254.prepare(reader.g2())
    reader.skip(linesBytes)
    reader.expect(1)
    const commitmentIndex = reader.number(8)
    reader.end()
    const fits = inputCount + commitmentIndex < size && size <= largestDomain
    if (!fits || !isDomain(domain)) return err('FORM')
    return ok({
      ...domain,
      inputCount,
      cosetShift,
      permutation,
      ...{ ql, qr, qm, qo, qk, qcp },
      commitmentIndex,
      ...{ g1, g2, tauG2 },
    })
  } catch (error) {
    if (error instanceof KeyFormError) return err('FORM')
    throw error
  }
}

/** Whether n is a power of two, n⁻¹ its inverse and ω a primitive n-th root of unity. */
function isDomain(
  domain: Pick<PlonkKey, 'domainSize' | 'inverseDomainSize' | 'generator'>,
): boolean {
  const { domainSize: n, inverseDomainSize, generator } = domain
  const isPowerOfTwo = n > 1n && (n & (n - 1n)) === 0n
  return (
    isPowerOfTwo &&
    field.mul(n, inverseDomainSize) === 1n &&
    field.pow(generator, n / 2n) === field.ORDER - 1n
  )
}
