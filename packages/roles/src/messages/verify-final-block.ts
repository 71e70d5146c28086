import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { FinalBlock } from './block.js'
import type { EpochScope } from './epoch-scope.js'
import { hashPayload } from './msg.js'
import type { VerifyOptions } from './qc-key.js'
import type { AggregateVerifier, CommitQCVerifyError } from './verify-commit-qc.js'
import { validateCommitQC, verifyCommitQC, verifyCommitQCAsync } from './verify-commit-qc.js'

/** Why a final block is invalid. */
export type FinalBlockVerifyError =
  | { readonly code: 'HASH_MISMATCH'; readonly headerHash: Hash32; readonly payloadHash: Hash32 }
  | { readonly code: 'JUSTIFICATION'; readonly cause: CommitQCVerifyError }

/** Checks a final block without its signature; hashes the payload. */
export function validateFinalBlock(
  block: FinalBlock,
  scope: EpochScope,
): Result<void, FinalBlockVerifyError> {
  return checkFinalBlock(block, () => validateCommitQC(block.justification, scope))
}

/**
 * Verifies a final block: its payload is the one that a quorum of the scope's schedule committed to.
 * @see docs/spec/messages.md V8
 */
export function verifyFinalBlock(
  block: FinalBlock,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, FinalBlockVerifyError> {
  return checkFinalBlock(block, () => verifyCommitQC(block.justification, scope, options))
}

/**
 * {@link verifyFinalBlock} with the signatures checked elsewhere, for instance in other threads.
 * @see docs/spec/messages.md V8
 */
export async function verifyFinalBlockAsync(
  block: FinalBlock,
  scope: EpochScope,
  verifyAggregate: AggregateVerifier,
): Promise<Result<void, FinalBlockVerifyError>> {
  const hash = checkPayloadHash(block)
  if (!hash.ok) return hash
  return justified(await verifyCommitQCAsync(block.justification, scope, verifyAggregate))
}

function checkFinalBlock(
  block: FinalBlock,
  judge: () => Result<void, CommitQCVerifyError>,
): Result<void, FinalBlockVerifyError> {
  const hash = checkPayloadHash(block)
  return hash.ok ? justified(judge()) : hash
}

function checkPayloadHash(block: FinalBlock): Result<void, FinalBlockVerifyError> {
  const headerHash = block.justification.message.proposal.payload
  const payloadHash = hashPayload(block.payload)
  if (bytesEqual(headerHash, payloadHash)) return ok(undefined)
  return err({ code: 'HASH_MISMATCH', headerHash, payloadHash })
}

function justified(qc: Result<void, CommitQCVerifyError>): Result<void, FinalBlockVerifyError> {
  return qc.ok ? qc : err({ code: 'JUSTIFICATION', cause: qc.error })
}
