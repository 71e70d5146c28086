import type { Hash32 } from '@zkstack/crypto'
import type { JobId } from '@zkstack/l1'
import type { CertificateStatusError } from '../types/certificate-status-error.js'
import type { L1Observation, StoredCertificate } from './network-state.js'

/** What a network's machine is told. Answers come once for each effect that asks; the others at any time. */
export type NetworkInput =
  /** The process has started. First of all, once. */
  | { readonly type: 'started' }
  /** A certificate was accepted and stored. */
  | { readonly type: 'submitted'; readonly height: bigint }
  /** The operator disabled or enabled the network, and it is stored. */
  | { readonly type: 'disabled' | 'enabled' }
  /** An epoch takes certificates from now on. */
  | { readonly type: 'epochStarted'; readonly epoch: bigint }
  /** The timer of a `startTimer` has run down. */
  | { readonly type: 'retryDue' }
  /** Answers `load`; `undefined`: nothing is stored for the height. */
  | { readonly type: 'loaded'; readonly certificate: StoredCertificate | undefined }
  /** Answers `reconcile`. */
  | { readonly type: 'reconciled'; readonly observation: L1Observation }
  /** Answers `certify`: there is a verified proof, and the state that follows. */
  | { readonly type: 'certified'; readonly newPessimisticRoot: Hash32 }
  /** Answers `storeProof`. */
  | { readonly type: 'proofStored' }
  /** Answers `submitJob`: job, link and status are stored. */
  | { readonly type: 'jobStored'; readonly jobId: JobId }
  /** Answers `storeCandidate`. */
  | { readonly type: 'candidateStored' }
  /** Answers `waitForJob`: final on L1. */
  | {
      readonly type: 'jobEnded'
      readonly outcome: 'success' | 'reverted'
      readonly txHash: Hash32
    }
  /** Answers `apply`: the state after the certificate is computed. */
  | { readonly type: 'applied'; readonly newPessimisticRoot: Hash32 }
  /** Answers `finalise`. */
  | { readonly type: 'finalised'; readonly epoch: bigint; readonly newPessimisticRoot: Hash32 }
  /** Answers `storeError`. */
  | { readonly type: 'errorStored' }
  /** Answers `resetToPending`. */
  | { readonly type: 'resetStored' }
  /** Answers any effect that could not be carried out; storage failures are none of these, they end the runner. */
  | { readonly type: 'failed'; readonly error: CertificateStatusError }
