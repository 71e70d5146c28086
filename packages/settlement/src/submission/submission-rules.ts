import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { Certificate } from '@zkstack/pessimistic-proof'
import type { KnownCertificate } from './replacement.js'
import type { ReplacementRefusal, SubmissionError } from './submission-error.js'

/** What a settlement node knows about the network of a submitted certificate. */
export interface SubmissionContext {
  readonly isDisabled: boolean
  /** The height that settles next: one above the newest settled one, or 0. */
  readonly nextHeight: bigint
  /** How far above `nextHeight` a certificate may wait for those before it. */
  readonly maxHeightsAhead: bigint
}

/**
 * The rules that need neither L1 nor a signature: a disabled network is refused, and so are heights that are settled or too far
 * ahead. Heights may come in any order; a certificate waits until all before it are settled.
 */
export function checkSubmission(
  { networkId, height }: Certificate,
  { isDisabled, nextHeight, maxHeightsAhead }: SubmissionContext,
): Result<void, SubmissionError> {
  if (isDisabled) {
    const message = `network ${networkId} is disabled`
    return err({ kind: 'fatal', code: 'NetworkDisabled', networkId, message })
  }
  if (height < nextHeight) {
    const message = `height ${height} is settled, the next one is ${nextHeight}`
    return err({ kind: 'rebuild', code: 'InvalidPendingHeight', height, nextHeight, message })
  }
  const highest = nextHeight + maxHeightsAhead
  if (height > highest) {
    const message = `height ${height} is too far ahead, the highest accepted one is ${highest}`
    return err({ kind: 'retry', code: 'HeightTooHigh', height, highest, message })
  }
  return ok(undefined)
}

const refusals: Readonly<Record<ReplacementRefusal, string>> = {
  NotInError: 'the known certificate is not in error',
  StillInFlight: 'the settlement of the known certificate is still in flight',
  AlreadySucceeded: 'the settlement of the known certificate has succeeded',
  ReceiptUnknown: 'L1 does not tell what became of the settlement of the known certificate',
  SettledOnL1: 'the known certificate is settled on L1',
  SameCertificate: 'the same certificate had its settlement job: change its metadata',
}

/** Refusals that time may lift. */
const passing: ReadonlySet<ReplacementRefusal> = new Set([
  'NotInError',
  'StillInFlight',
  'ReceiptUnknown',
])

/** The error of a certificate that may not take the place of the known one. */
export function replacementError(
  reason: ReplacementRefusal,
  { header }: KnownCertificate,
  replacementCertificateId: Hash32,
): SubmissionError {
  return {
    kind: passing.has(reason) ? 'retry' : 'rebuild',
    code: 'UnableToReplacePendingCertificate',
    reason,
    networkId: header.networkId,
    height: header.height,
    storedCertificateId: header.certificateId,
    replacementCertificateId,
    message: refusals[reason],
  }
}
