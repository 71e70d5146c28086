import type { Hash32 } from '@zkstack/crypto'
import type { Address, MultisigError, NetworkId } from '@zkstack/pessimistic-proof'
import type { ErrorKind } from '../types/certificate-status-error.js'

/** Why a certificate may not take the place of another one, in the order of the checks. */
export type ReplacementRefusal =
  /** The known certificate is not in error: it may still settle, or has. */
  | 'NotInError'
  /** Its settlement job has no result yet. */
  | 'StillInFlight'
  /** Its settlement job succeeded. */
  | 'AlreadySucceeded'
  /** L1 does not tell what became of its settlement transaction. */
  | 'ReceiptUnknown'
  /** Its settlement transaction succeeded on L1. */
  | 'SettledOnL1'
  /** It is the same certificate, and had its one settlement job: change a field that its id covers, such as the metadata. */
  | 'SameCertificate'

/** Why a certificate is not accepted. */
export type SubmissionError = {
  readonly kind: ErrorKind
  readonly message: string
} & (
  | { readonly code: 'NetworkDisabled'; readonly networkId: NetworkId }
  /** `untilNextMs`: milliseconds until the next certificate may come; `undefined` if none ever may. */
  | {
      readonly code: 'RateLimited'
      readonly maxPerInterval: number
      readonly intervalMs: number
      readonly untilNextMs: number | undefined
    }
  | { readonly code: 'SignatureMissing' }
  /** No accepted commitment was signed by the one who must. */
  | { readonly code: 'SignatureMismatch'; readonly expectedSigner: Address }
  | { readonly code: 'InvalidMultisig'; readonly source: MultisigError }
  /** The certificate vouches in another way than its network does on L1. */
  | { readonly code: 'InvalidVariant'; readonly payload: string; readonly context: string }
  /** All heights below `nextHeight` are settled. */
  | { readonly code: 'InvalidPendingHeight'; readonly height: bigint; readonly nextHeight: bigint }
  /** Certificates may wait for those before them, but only so many. */
  | { readonly code: 'HeightTooHigh'; readonly height: bigint; readonly highest: bigint }
  | {
      readonly code: 'UnableToReplacePendingCertificate'
      readonly reason: ReplacementRefusal
      readonly networkId: NetworkId
      readonly height: bigint
      readonly storedCertificateId: Hash32
      readonly replacementCertificateId: Hash32
    }
  /** L1 did not say what the checks need. */
  | { readonly code: 'L1Unavailable' }
  /** L1 knows no such network, or nobody who signs for it. */
  | { readonly code: 'SignerNotFound'; readonly networkId: NetworkId }
)
