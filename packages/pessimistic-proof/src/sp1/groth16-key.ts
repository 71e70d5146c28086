import type { Bn254, Bn254G1, Bn254Lines } from '@zkstack/crypto'
import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import { KeyFormError, KeyReader } from './key-reader.js'
import type { Sp1KeyFault } from './sp1-error.js'

/** A Groth16 verifying key, its points of G2 prepared for pairings. */
export interface Groth16Key {
  readonly alpha: Bn254G1
  readonly beta: Bn254Lines
  readonly gamma: Bn254Lines
  readonly delta: Bn254Lines
  /** The constant, then one point for each public input. */
  readonly inputs: readonly Bn254G1[]
}

/** Far above SP1's 6. */
const mostInputPoints = 64

/**
 * Parses gnark's binary form: α, β (G1, unused), β, γ (G2), δ (G1, unused), δ (G2), u32 count and that many points, and two empty
 * lists of commitments, which SP1's circuits do not use. All points are compressed, numbers big-endian.
 * @see https://github.com/Consensys/gnark
 */
export function parseGroth16Key(bn254: Bn254, bytes: Uint8Array): Result<Groth16Key, Sp1KeyFault> {
  const reader = new KeyReader(bn254, bytes)
  try {
    const alpha = reader.g1()
    reader.g1()
    const beta = reader.g2()
    const gamma = reader.g2()
    reader.g1()
    const delta = reader.g2()
    const count = reader.number(4)
    if (count > mostInputPoints) return err('FORM')
    const inputs = Array.from({ length: count }, () => reader.g1())
    reader.expect(0)
    reader.expect(0)
    reader.end()
    if (bytesEqual(gamma, delta)) return err('GAMMA_EQUALS_DELTA')
    const [betaLines, gammaLines, deltaLines] = [beta, gamma, delta].map((point) =>
      bn254.prepare(point),
    ) as [Bn254Lines, Bn254Lines, Bn254Lines]
    return ok({ alpha, beta: betaLines, gamma: gammaLines, delta: deltaLines, inputs })
  } catch (error) {
    if (error instanceof KeyFormError) return err('FORM')
    throw error
  }
}
