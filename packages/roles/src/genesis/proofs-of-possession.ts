import { err, ok, type Result } from '@zkstack/crypto'
import type { Schedule } from '../schedule/schedule.js'
import type { Genesis } from './genesis.js'

/** Whose proof of possession is absent or wrong. */
export interface PossessionError {
  readonly code: 'MISSING_PROOF' | 'BAD_PROOF'
  /** Index in the schedule. */
  readonly index: number
}

/**
 * Verifies that every validator of a schedule proved to hold its secret (rule 24); always so for schemes that need no proof.
 * @param proofs by validator index.
 */
export function verifySchedulePossession(
  schedule: Schedule,
  proofs: readonly Uint8Array[],
): Result<void, PossessionError> {
  if (!schedule.scheme.needsProofOfPossession) return ok(undefined)
  for (const [index, { handle }] of schedule.validators.entries()) {
    const proof = proofs[index]
    if (proof === undefined || proof.length === 0) return err({ code: 'MISSING_PROOF', index })
    if (!schedule.scheme.verifyPossession(handle, proof)) return err({ code: 'BAD_PROOF', index })
  }
  return ok(undefined)
}

/** {@link verifySchedulePossession} for the static schedule of a genesis; without one there is nothing to prove. */
export function verifyProofsOfPossession(genesis: Genesis): Result<void, PossessionError> {
  if (genesis.schedule === undefined) return ok(undefined)
  return verifySchedulePossession(genesis.schedule, genesis.proofsOfPossession)
}
