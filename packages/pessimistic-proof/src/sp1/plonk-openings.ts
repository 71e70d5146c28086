import type { Bn254, Bn254G1 } from '@zkstack/crypto'
import { bytesFromBigint } from '../codec/u256.js'
import type { LinearisedPolynomial } from './plonk-linearisation.js'
import type { PlonkKey } from './plonk-key.js'
import type { PlonkProof } from './plonk-proof.js'
import { PlonkTranscript } from './plonk-transcript.js'
import { scalarField as field } from './scalar-field.js'

/** All polynomials opened at ζ, combined into one. */
export interface FoldedOpening {
  /** The factor, whose powers weigh the polynomials. */
  readonly v: bigint
  readonly commitment: Bn254G1
  readonly value: bigint
}

/** Combines the openings at ζ; the factor comes from a transcript of its own. */
export function foldOpenings(
  bn254: Bn254,
  at: {
    readonly key: PlonkKey
    readonly proof: PlonkProof
    readonly zeta: bigint
    readonly linearised: LinearisedPolynomial
  },
): FoldedOpening {
  const { key, proof, linearised } = at
  const [s1, s2] = key.permutation
  const commitments = [linearised.commitment, ...proof.wires, s1, s2, key.qcp]
  const { l, r, o } = proof
  const values = [linearised.value, l, r, o, proof.s1, proof.s2, proof.qcp]
  const v = new PlonkTranscript().challenge(
    'gamma',
    bytesFromBigint(at.zeta),
    ...commitments,
    ...values.map(bytesFromBigint),
    bytesFromBigint(proof.shiftedZ),
  )
  const powers = commitments.map((_, i) => field.pow(v, BigInt(i)))
  return {
    v,
    commitment: bn254.multiplySum(
      commitments.map((point, i) => ({ point, scalar: powers[i] ?? 0n })),
    ),
    value: values.reduce((sum, value, i) => field.add(sum, field.mul(value, powers[i] ?? 0n)), 0n),
  }
}

/** The factor that joins the openings at ζ and at ζω; nobody but the verifier needs to know it. */
export function batchingFactor(
  transcript: PlonkTranscript,
  proof: PlonkProof,
  fold: FoldedOpening,
): bigint {
  return transcript.challenge(
    'u',
    bytesFromBigint(fold.v),
    fold.commitment,
    proof.z,
    proof.opening,
    proof.shiftedOpening,
  )
}

/**
 * Checks both openings at once: e(F + u[Z] − (f + u·z(ζω))[1] + ζ[W] + uζω[W′], [1]) = e([W] + u[W′], [τ]), where W and W′ are
 * the openings at ζ and ζω.
 */
export function openingsHold(
  bn254: Bn254,
  at: {
    readonly key: PlonkKey
    readonly proof: PlonkProof
    readonly zeta: bigint
    readonly fold: FoldedOpening
    readonly u: bigint
  },
): boolean {
  const { key, proof, zeta, fold, u } = at
  const value = field.add(fold.value, field.mul(u, proof.shiftedZ))
  const shifted = field.mul(field.mul(u, zeta), key.generator)
  const left = bn254.multiplySum([
    { point: fold.commitment, scalar: 1n },
    { point: proof.z, scalar: u },
    { point: key.g1, scalar: field.neg(value) },
    { point: proof.opening, scalar: zeta },
    { point: proof.shiftedOpening, scalar: shifted },
  ])
  const right = bn254.multiplySum([
    { point: proof.opening, scalar: 1n },
    { point: proof.shiftedOpening, scalar: u },
  ])
  return bn254.pairingProductIsOne([
    { g1: left, g2: key.g2 },
    { g1: bn254.negate(right), g2: key.tauG2 },
  ])
}
