import type { Hash32 } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import { uint64Max } from '../codec/varint.js'
import type { Schedule } from '../schedule/schedule.js'
import type { CommitQC } from './commit-qc.js'
import { readCommitQC, writeCommitQC } from './commit-qc.js'
import { highQcOf, highVoteOf } from './high-vote.js'
import type { TimeoutQC } from './timeout-qc.js'
import { readTimeoutQC, writeTimeoutQC } from './timeout-qc.js'
import type { View } from './view.js'

/** Why a view may be entered: the view before it ended with a block or by a timeout. */
export type ProposalJustification =
  | { readonly type: 'commit'; readonly qc: CommitQC }
  | { readonly type: 'timeout'; readonly qc: TimeoutQC }

/** The block that a justified view must decide on: a new one, or again one whose payload hash is given. */
export interface ImpliedBlock {
  readonly number: bigint
  readonly payload: Hash32 | undefined
}

/** The view of the QC inside, which has ended. */
export function endedView(justification: ProposalJustification): View {
  return justification.type === 'commit' ? justification.qc.message.view : justification.qc.view
}

/**
 * The view that is justified: the one after the QC's. Decoding and validation refuse a justification whose QC has the largest
 * view number, 2^64−1; given such a one nevertheless, the number returned is 2^64.
 */
export function justificationView(justification: ProposalJustification): View {
  const ended = endedView(justification)
  return { ...ended, number: ended.number + 1n }
}

/** Whether the QC has the largest view number, so that no view comes after it. */
export function justifiesNoView(justification: ProposalJustification): boolean {
  return endedView(justification).number >= uint64Max
}

/**
 * The block that the justified view must decide on; `firstBlock` is the epoch's. The justification must be verified.
 * @see docs/spec/messages.md Q3
 */
export function impliedBlock(
  justification: ProposalJustification,
  schedule: Schedule,
  firstBlock: bigint,
): ImpliedBlock {
  if (justification.type === 'commit') {
    return { number: justification.qc.message.proposal.number + 1n, payload: undefined }
  }
  const highVote = highVoteOf(justification.qc, schedule)
  const highQcNumber = highQcOf(justification.qc)?.message.proposal.number
  if (highVote !== undefined && (highQcNumber === undefined || highVote.number > highQcNumber)) {
    return highVote
  }
  return { number: highQcNumber === undefined ? firstBlock : highQcNumber + 1n, payload: undefined }
}

/** Writes the body of a justification: a CommitQC in field 1 or a TimeoutQC in field 2. */
export function writeJustification(writer: CanonicalWriter, value: ProposalJustification): void {
  if (value.type === 'commit') writer.message(1, writeCommitQC, value.qc)
  else writer.message(2, writeTimeoutQC, value.qc)
}

/** Reads the body of a justification; refuses one after whose view there is none. */
export function readJustification(reader: CanonicalReader): ProposalJustification {
  const at = reader.offset
  const value: ProposalJustification =
    reader.nextField === 2
      ? { type: 'timeout', qc: reader.message(2, readTimeoutQC) }
      : { type: 'commit', qc: reader.message(1, readCommitQC) }
  if (justifiesNoView(value)) reader.fail('OUT_OF_RANGE', 'no view after that of the QC', at)
  return value
}

/** Canonical bytes of a justification. */
export function encodeJustification(justification: ProposalJustification): Uint8Array {
  return encodeWith(writeJustification, justification)
}

/** Inverse of {@link encodeJustification}. @throws DecodeError */
export function decodeJustification(
  bytes: Uint8Array,
  options?: DecodeOptions,
): ProposalJustification {
  return decodeWith(readJustification, bytes, options)
}
