import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bn254, Bn254G1 } from '@zkstack/crypto'
import type { LagrangeBasis } from './lagrange-basis.js'
import type { PlonkChallenges } from './plonk-challenges.js'
import type { PlonkKey } from './plonk-key.js'
import type { PlonkProof } from './plonk-proof.js'
import { reduceToScalar, scalarField as field } from './scalar-field.js'

const commitmentDomain = new TextEncoder().encode('BSB22-Plonk')
const commitmentHashBytes = 48

/** The linearised polynomial: its commitment, and the value at ζ that the quotient demands of it. */
export interface LinearisedPolynomial {
  readonly commitment: Bn254G1
  readonly value: bigint
}

/**
 * The value at ζ of the polynomial of public inputs, to which the hash of the custom gate's commitment belongs as one more input.
 */
export function evaluatePublicInput(
  key: PlonkKey,
  proof: PlonkProof,
  inputs: readonly bigint[],
  basis: LagrangeBasis,
): bigint {
  let sum = field.mul(
    hashCommitment(proof.commitment),
    basis.at(key.inputCount + key.commitmentIndex),
  )
  inputs.forEach((input, i) => {
    sum = field.add(sum, field.mul(input, basis.at(i)))
  })
  return sum
}

/**
 * Hashes a commitment to a scalar: 48 bytes of `expand_message_xmd` with SHA-256, reduced.
 * @see https://www.rfc-editor.org/rfc/rfc9380.html#section-5.3.1
 */
function hashCommitment(commitment: Bn254G1): bigint {
  return reduceToScalar(
    expand_message_xmd(commitment, commitmentDomain, commitmentHashBytes, sha256),
  )
}

/** Linearises the gate, permutation and quotient constraints at ζ. */
export function linearise(
  bn254: Bn254,
  at: {
    readonly key: PlonkKey
    readonly proof: PlonkProof
    readonly challenges: PlonkChallenges
    readonly basis: LagrangeBasis
    readonly publicInput: bigint
  },
): LinearisedPolynomial {
  const { key, proof, basis } = at
  const { alpha, beta, gamma, zeta } = at.challenges
  const { l, r, o } = proof
  const term = (wire: bigint, position: bigint): bigint =>
    field.add(field.add(wire, field.mul(beta, position)), gamma)
  const product = (...factors: readonly bigint[]): bigint =>
    factors.reduce((total, factor) => field.mul(total, factor), 1n)

  const shiftedZ = field.mul(alpha, proof.shiftedZ)
  const permuted = product(shiftedZ, term(l, proof.s1), term(r, proof.s2))
  const start = product(alpha, alpha, basis.at(0))
  const k = key.cosetShift
  const identity = product(
    alpha,
    term(l, zeta),
    term(r, field.mul(k, zeta)),
    term(o, product(k, k, zeta)),
  )
  const value = field.sub(
    field.sub(start, at.publicInput),
    field.mul(permuted, field.add(o, gamma)),
  )

  const [h0, h1, h2] = proof.quotient
  const quotient = field.neg(basis.vanishing)
  const shift = product(field.add(basis.vanishing, 1n), zeta, zeta)
  const commitment = bn254.multiplySum([
    { point: proof.commitment, scalar: proof.qcp },
    { point: key.ql, scalar: l },
    { point: key.qr, scalar: r },
    { point: key.qm, scalar: field.mul(l, r) },
    { point: key.qo, scalar: o },
    { point: key.qk, scalar: 1n },
    { point: key.permutation[2], scalar: field.mul(permuted, beta) },
    { point: proof.z, scalar: field.sub(start, identity) },
    { point: h0, scalar: quotient },
    { point: h1, scalar: field.mul(quotient, shift) },
    { point: h2, scalar: product(quotient, shift, shift) },
  ])
  return { commitment, value }
}
