import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { FinalBlock } from './block.js'
import type { EpochScope } from './epoch-scope.js'
import { hashPayloadBySteps } from './hash-payload-by-steps.js'
import { hashPayload } from './msg.js'
import { payloadPartBytes } from './payload-hasher.js'
import type { VerifyOptions } from './qc-key.js'
import type { AggregateVerifier, CommitQCVerifyError } from './verify-commit-qc.js'
import { validateCommitQC, verifyCommitQC, verifyCommitQCAsync } from './verify-commit-qc.js'

/** Why a final block is invalid. */
export type FinalBlockVerifyError =
  /** What the block says of itself is not what its certificate says; no block that was decoded or made by `createFinalBlock` is so. */
  | { readonly code: 'FIELD_MISMATCH'; readonly field: 'number' | 'epoch' | 'view' | 'payloadHash' }
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

/** Who works for {@link verifyFinalBlockAsync}, and who works beside it. */
export interface FinalBlockVerifyAsyncOptions {
  readonly verifyAggregate: AggregateVerifier
  /**
   * From how many bytes of payload on, and up to how many, `verifyAggregate` is asked for its hash too; it must know
   * `AggregateCheck.hashed`. Default: never.
   */
  readonly hashedElsewhere?: { readonly least: number; readonly most: number } | undefined
  /** Lets others have their turns while a payload above 63 KiB is hashed. */
  yieldTurn(): Promise<void>
}

/**
 * {@link verifyFinalBlock} with the signatures checked elsewhere, for instance in other threads, and a large payload hashed there too,
 * or by steps. The block must not change before it resolves.
 * @see docs/spec/messages.md V8
 */
export async function verifyFinalBlockAsync(
  block: FinalBlock,
  scope: EpochScope,
  o: FinalBlockVerifyAsyncOptions,
): Promise<Result<void, FinalBlockVerifyError>> {
  const { payload, justification } = block
  const { verifyAggregate, hashedElsewhere, yieldTurn } = o
  const { least, most } = hashedElsewhere ?? { least: 1, most: 0 }
  const fields = compareFields(block)
  if (!fields.ok) return fields
  if (payload.length >= least && payload.length <= most) {
    const hashed = { bytes: payload, hash: justification.message.proposal.payload }
    const qc = await verifyCommitQCAsync(justification, scope, verifyAggregate, hashed)
    // what is wrong is found out here
    return qc.ok ? qc : verifyFinalBlockAsync(block, scope, { verifyAggregate, yieldTurn })
  }
  const isSmall = payload.length <= payloadPartBytes
  const hash = isSmall ? hashPayload(payload) : await hashPayloadBySteps(payload, yieldTurn)
  const isRight = comparePayloadHash(block, hash)
  if (!isRight.ok) return isRight
  return justified(await verifyCommitQCAsync(justification, scope, verifyAggregate))
}

function checkFinalBlock(
  block: FinalBlock,
  judge: () => Result<void, CommitQCVerifyError>,
): Result<void, FinalBlockVerifyError> {
  const fields = compareFields(block)
  if (!fields.ok) return fields
  const hash = comparePayloadHash(block, hashPayload(block.payload))
  return hash.ok ? justified(judge()) : hash
}

/** A block taken apart and put together by hand may say anything beside its certificate. */
function compareFields(block: FinalBlock): Result<void, FinalBlockVerifyError> {
  const { view, proposal } = block.justification.message
  if (block.number !== proposal.number) return err({ code: 'FIELD_MISMATCH', field: 'number' })
  if (block.epoch !== view.epoch) return err({ code: 'FIELD_MISMATCH', field: 'epoch' })
  if (block.view !== view.number) return err({ code: 'FIELD_MISMATCH', field: 'view' })
  if (bytesEqual(block.payloadHash, proposal.payload)) return ok(undefined)
  return err({ code: 'FIELD_MISMATCH', field: 'payloadHash' })
}

function comparePayloadHash(
  block: FinalBlock,
  payloadHash: Hash32,
): Result<void, FinalBlockVerifyError> {
  const headerHash = block.justification.message.proposal.payload
  if (bytesEqual(headerHash, payloadHash)) return ok(undefined)
  return err({ code: 'HASH_MISMATCH', headerHash, payloadHash })
}

function justified(qc: Result<void, CommitQCVerifyError>): Result<void, FinalBlockVerifyError> {
  return qc.ok ? qc : err({ code: 'JUSTIFICATION', cause: qc.error })
}
