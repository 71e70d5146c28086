import type { Bn254 } from '@zkstack/crypto'
import { deriveChallenges } from './plonk-challenges.js'
import type { PlonkKey } from './plonk-key.js'
import { LagrangeBasis } from './lagrange-basis.js'
import { evaluatePublicInput, linearise } from './plonk-linearisation.js'
import { batchingFactor, foldOpenings, openingsHold } from './plonk-openings.js'
import { decodePlonkProof } from './plonk-proof.js'
import { PlonkTranscript } from './plonk-transcript.js'
import type { Sp1ProofFault } from './sp1-error.js'

/**
 * Verifies a PLONK proof of gnark with one custom gate; `undefined` when it is valid. The inputs are canonical scalars, as many as
 * the key says.
 * @see https://eprint.iacr.org/2019/953
 */
export function plonkFault(
  bn254: Bn254,
  key: PlonkKey,
  bytes: Uint8Array,
  inputs: readonly bigint[],
): Sp1ProofFault | undefined {
  const decoded = decodePlonkProof(bn254, bytes)
  if (!decoded.ok) return decoded.error
  const proof = decoded.value
  const transcript = new PlonkTranscript()
  const challenges = deriveChallenges(transcript, key, proof, inputs)
  const basis = new LagrangeBasis(key, challenges.zeta)
  if (basis.vanishing === 0n) return 'DENOMINATOR'
  const publicInput = evaluatePublicInput(key, proof, inputs, basis)
  const linearised = linearise(bn254, { key, proof, challenges, basis, publicInput })
  const fold = foldOpenings(bn254, { key, proof, zeta: challenges.zeta, linearised })
  const u = batchingFactor(transcript, proof, fold)
  const holds = openingsHold(bn254, { key, proof, zeta: challenges.zeta, fold, u })
  return holds ? undefined : 'EQUATION'
}
