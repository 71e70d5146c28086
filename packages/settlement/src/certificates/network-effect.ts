import type { Hash32 } from '@zkstack/crypto'
import type { JobId } from '@zkstack/l1'
import type { CertificateStatus } from '../types/certificate-header.js'
import type { CertificateStatusError } from '../types/certificate-status-error.js'

/**
 * What the runner must do, in the order given. All but the last three ask: exactly one answer comes back, and no other question is
 * asked until then. What is stored is durable before the answer.
 */
export type NetworkEffect =
  /** Reads the certificate stored for the height. Answer: `loaded`. */
  | { readonly type: 'load'; readonly height: bigint }
  /** Reads the network's pessimistic root on L1, final by policy, and the transaction that set it. Answer: `reconciled`. */
  | { readonly type: 'reconcile' }
  /** Proves the certificate and verifies the proof. Answer: `certified`. */
  | { readonly type: 'certify'; readonly certificateId: Hash32 }
  /** Stores proof, status Proven and the latest-proven pointer in one write. Answer: `proofStored`. */
  | { readonly type: 'storeProof'; readonly certificateId: Hash32 }
  /** Builds the settlement call and stores job, link and status Candidate in one write. Answer: `jobStored`. */
  | { readonly type: 'submitJob'; readonly certificateId: Hash32 }
  /** Stores the status Candidate of a proven certificate that has a job. Answer: `candidateStored`. */
  | { readonly type: 'storeCandidate'; readonly certificateId: Hash32 }
  /** Waits until the job has a result that is final on L1. Answer: `jobEnded`. */
  | { readonly type: 'waitForJob'; readonly jobId: JobId }
  /** Computes the state after the certificate without a proof; L1 is read as it was before the transaction. Answer: `applied`. */
  | {
      readonly type: 'apply'
      readonly certificateId: Hash32
      readonly beforeTx: Hash32 | undefined
    }
  /** Stores epoch, state, status Settled, indices and pointers in one write. Answer: `finalised`. */
  | {
      readonly type: 'finalise'
      readonly certificateId: Hash32
      readonly settlementTxHash: Hash32 | undefined
    }
  /** Stores the status InError, and the transaction that reverted if there is one. Answer: `errorStored`. */
  | {
      readonly type: 'storeError'
      readonly certificateId: Hash32
      readonly error: CertificateStatusError
      readonly settlementTxHash: Hash32 | undefined
    }
  /** Stores the status Pending and deletes the proof. Answer: `resetStored`. */
  | { readonly type: 'resetToPending'; readonly certificateId: Hash32 }
  /** Gives `retryDue` after the delay; a new timer takes the place of the old one. */
  | { readonly type: 'startTimer'; readonly delayMs: number }
  /** Asks for a backup, best effort; comes before what it is to precede. */
  | { readonly type: 'backup'; readonly reason: 'proven' | 'settled' }
  /** Tells whoever watches. */
  | { readonly type: 'report'; readonly event: CertificateEvent }

/** What happened to a certificate. */
export type CertificateEvent = {
  readonly certificateId: Hash32
  readonly height: bigint
} & (
  | { readonly type: 'statusChanged'; readonly status: CertificateStatus }
  /** It is tried again after a delay. */
  | {
      readonly type: 'retrying'
      readonly error: CertificateStatusError
      readonly failures: number
      readonly delayMs: number
    }
  /** L1 had settled it without this process knowing. */
  | { readonly type: 'adopted'; readonly settlementTxHash: Hash32 | undefined }
  /** L1 holds a root that no certificate known here leads to. */
  | { readonly type: 'l1RootUnknown'; readonly pessimisticRoot: Hash32 }
)

/** What the machine makes of an input. */
export interface NetworkStep<S> {
  readonly state: S
  readonly effects: readonly NetworkEffect[]
}
