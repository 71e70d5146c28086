import type { Ctx } from '@zkstack/concurrency'
import type { Hash32, Result } from '@zkstack/crypto'
import type { TransactionManager } from '@zkstack/l1'
import type { CallOptions, Certificate, NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificateEvent } from '../certificates/network-effect.js'
import type { AcceptedCertificate } from '../runner/submissions.js'
import type { LatestHeaders } from '../storage/network-info.js'
import type { SettlementStore } from '../storage/settlement-store.js'
import type { SubmissionError } from '../submission/submission-error.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { NetworkInfo } from '../types/network-info.js'
import type { CertificateAdmin } from './certificate-admin.js'
import type { SettlementEndpoint } from './settlement-endpoint.js'

/** What a settlement node tells. */
export type SettlementEvent =
  | (CertificateEvent & { readonly networkId: NetworkId })
  /** Certificates settle in this epoch from now on. */
  | { readonly type: 'epochStarted'; readonly epoch: bigint }

/**
 * A settlement node within this process. Whatever writes to the database is refused, `STORAGE_LOCKED`, while another node runs on it or
 * writes to it.
 */
export interface SettlementNode {
  /**
   * Settles until cancelled: whatever was under way when the process ended goes on.
   * @throws CanceledError; ZkStackError `ALREADY_RUNNING`; SettlementStorageError when the database fails, or the clock contradicts
   * what is packed, and `STORAGE_LOCKED` while another node runs on the same database.
   */
  run(ctx: Ctx): Promise<never>
  /**
   * Takes a certificate in, whether it runs or not; it is on disk when this answers. Repeating it is harmless.
   * @throws SettlementStorageError
   */
  submit(
    certificate: Certificate,
    o: CallOptions,
  ): Promise<Result<AcceptedCertificate, SubmissionError>>
  /** What is known of a certificate; `undefined`: nothing. */
  header(certificateId: Hash32): Promise<CertificateHeader | undefined>
  latestHeaders(networkId: NetworkId): Promise<LatestHeaders>
  /** Everything about a network at a glance; `undefined` if it never submitted anything and is not disabled. */
  networkInfo(networkId: NetworkId): Promise<NetworkInfo | undefined>
  disableNetwork(networkId: NetworkId): Promise<void>
  enableNetwork(networkId: NetworkId): Promise<void>
  /**
   * Events from now on; what happened before is in the headers. Ends when the signal aborts.
   * @throws ZkStackError `EVENTS_LOST` for whoever does not read them in time.
   */
  events(o?: Partial<CallOptions>): AsyncIterable<SettlementEvent>
  /** The node as clients in the same process use it. */
  readonly endpoint: SettlementEndpoint
  readonly store: SettlementStore
  /** What operators do to certificates. */
  readonly admin: CertificateAdmin
  /** Settlement jobs, and what operators do to them. */
  readonly jobs: Omit<TransactionManager, 'run'>
}
