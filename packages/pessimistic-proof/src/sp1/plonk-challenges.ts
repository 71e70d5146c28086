import { bytesFromBigint } from '../codec/u256.js'
import type { PlonkKey } from './plonk-key.js'
import type { PlonkProof } from './plonk-proof.js'
import type { PlonkTranscript } from './plonk-transcript.js'

/** The challenges that the prover had to meet, in the order in which they are drawn. */
export interface PlonkChallenges {
  readonly gamma: bigint
  readonly beta: bigint
  readonly alpha: bigint
  readonly zeta: bigint
}

/** Draws the challenges of the statement and of the commitments that precede each. */
export function deriveChallenges(
  transcript: PlonkTranscript,
  key: PlonkKey,
  proof: PlonkProof,
  inputs: readonly bigint[],
): PlonkChallenges {
  const { ql, qr, qm, qo, qk, qcp } = key
  const gamma = transcript.challenge(
    'gamma',
    ...key.permutation,
    ...[ql, qr, qm, qo, qk, qcp],
    ...inputs.map(bytesFromBigint),
    ...proof.wires,
  )
  const beta = transcript.challenge('beta')
  const alpha = transcript.challenge('alpha', proof.commitment, proof.z)
  const zeta = transcript.challenge('zeta', ...proof.quotient)
  return { gamma, beta, alpha, zeta }
}
