import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { ReplacementRefusal } from './submission-error.js'

/** What became of a certificate's settlement job; `none` if it never had one. */
export type JobState = 'none' | 'withoutResult' | 'success' | 'revert'

/** What L1 says of a settlement transaction: `unknown` if it did not answer or has no receipt. */
export type ReceiptState = 'unknown' | 'reverted' | 'succeeded'

/** A certificate that is known for the network and height of a submitted one. */
export interface KnownCertificate {
  readonly header: CertificateHeader
  readonly job: JobState
}

/**
 * What is to be done with a certificate for whose height another one is known:
 *
 * - `known`: it is the same, and on its way or settled; submitting it again changes nothing.
 * - `checkReceipt`: ask L1 for the receipt of the transaction, then {@link replacementAfterReceipt}.
 */
export type ReplacementDecision =
  | { readonly type: 'known' | 'allow' }
  | { readonly type: 'refuse'; readonly reason: ReplacementRefusal }
  | { readonly type: 'checkReceipt'; readonly txHash: Hash32 }

/**
 * Whether a certificate may take the place of the known one of the same network and height.
 *
 * | known one | its settlement job | transaction in its header | decision |
 * |---|---|---|---|
 * | not in error | | | refused `NotInError`; if it is the same, `known` |
 * | in error | without result | | refused `StillInFlight` |
 * | in error | success | | refused `AlreadySucceeded` |
 * | in error | revert, or none | none | allowed |
 * | in error | revert, or none | some | `checkReceipt`: allowed only if it reverted |
 *
 * Except that the same certificate is never allowed after it had a job: a certificate has at most one.
 * @see agglayer crates/agglayer-rpc/src/lib.rs
 */
export function decideReplacement(
  known: KnownCertificate,
  replacementId: Hash32,
): ReplacementDecision {
  const { header, job } = known
  const isSame = bytesEqual(header.certificateId, replacementId)
  if (header.status.type !== 'inError')
    return isSame ? { type: 'known' } : { type: 'refuse', reason: 'NotInError' }
  if (job === 'withoutResult') return { type: 'refuse', reason: 'StillInFlight' }
  if (job === 'success') return { type: 'refuse', reason: 'AlreadySucceeded' }
  if (isSame && job === 'revert') return { type: 'refuse', reason: 'SameCertificate' }
  const { settlementTxHash: txHash } = header
  return txHash === undefined ? { type: 'allow' } : { type: 'checkReceipt', txHash }
}

/** The decision once L1 was asked for the receipt of the known certificate's transaction. */
export function replacementAfterReceipt(
  receipt: ReceiptState,
): Exclude<ReplacementDecision, { type: 'checkReceipt' }> {
  switch (receipt) {
    case 'unknown':
      return { type: 'refuse', reason: 'ReceiptUnknown' }
    case 'succeeded':
      return { type: 'refuse', reason: 'SettledOnL1' }
    case 'reverted':
      return { type: 'allow' }
  }
}
