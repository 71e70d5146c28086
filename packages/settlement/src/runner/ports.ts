import type { Hash32, Result } from '@zkstack/crypto'
import type { JobRequest, L1Error, TransactionManager } from '@zkstack/l1'
import type {
  CallOptions,
  Certificate,
  LocalNetworkState,
  NetworkId,
} from '@zkstack/pessimistic-proof'
import type { L1Observation } from '../certificates/network-state.js'
import type { StoredProof } from '../storage/records.js'
import type { CertificateStatusError } from '../types/certificate-status-error.js'

/** A certificate with the state that it starts from. */
export interface CertifyRequest {
  readonly certificate: Certificate
  readonly certificateId: Hash32
  readonly state: LocalNetworkState
}

/** The state after a certificate, and the pessimistic root that commits to it. */
export interface AppliedCertificate {
  readonly after: LocalNetworkState
  readonly newPessimisticRoot: Hash32
}

/** That, and a verified proof of it. */
export interface CertifiedCertificate extends AppliedCertificate {
  readonly proof: StoredProof
}

/** Which L1 a certificate is applied under. */
export interface ApplyRequest extends CertifyRequest {
  /** The transaction that settled it: L1 is read as it was in the block before. `undefined`: as it is now. */
  readonly beforeTx: Hash32 | undefined
  /** The root that L1 held for the state; `undefined` if nothing was settled yet. */
  readonly settledRoot: Hash32 | undefined
}

/** Turns certificates into proofs. */
export interface Certifier {
  /** Makes the witness with what L1 says now, proves it, and verifies the proof. */
  certify(
    request: CertifyRequest,
    o: CallOptions,
  ): Promise<Result<CertifiedCertificate, CertificateStatusError>>
  /** Computes what a certificate leads to, without a proof. */
  apply(
    request: ApplyRequest,
    o: CallOptions,
  ): Promise<Result<AppliedCertificate, CertificateStatusError>>
}

/** Makes the call of L1 that settles a proven certificate. */
export interface SettlementCalls {
  build(
    settlement: { readonly certificate: Certificate; readonly proof: StoredProof },
    o: CallOptions,
  ): Promise<Result<Omit<JobRequest, 'id'>, CertificateStatusError>>
}

/** What L1 holds, final by the embedder's policy. */
export interface L1Observer {
  /** A network's pessimistic root, and the transaction that brought it there as far as it can be found. */
  observe(networkId: NetworkId, o: CallOptions): Promise<Result<L1Observation, L1Error>>
}

/** The part of a transaction manager that settles certificates. */
export type SettlementJobs = Pick<TransactionManager, 'submit' | 'wait' | 'result'>

/** Takes backups in the background. */
export interface BackupRequests {
  /** Asks for one; dropped while another is being taken. */
  request(): void
}
