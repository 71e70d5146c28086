import type { Clock, Ctx, Logger } from '@zkstack/concurrency'
import type { FinalityPolicy, HeadSource, L1Client } from '@zkstack/l1'
import type { CallOptions, NetworkId } from '@zkstack/pessimistic-proof'
import type { RetryPolicy } from '../certificates/retry-policy.js'
import type { SettlementEndpoint } from '../node/settlement-endpoint.js'
import type { Database } from '../storage/database.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { CertificateSigner } from './certificate-signer.js'
import type { ClientEvent, ClientHalt, ExitEvent } from './client-event.js'
import type { ClaimedExit, ExitSource } from './exit-source.js'
import type { BridgeAddresses } from './l1-bridge-index.js'

/** A node whose final blocks are settled, such as a `ConsensusNode` of the executor. */
export interface FinalBlocks<B> {
  /** Final blocks in order, without a gap, which the execution layer has committed. */
  blocks(o: { readonly from: bigint; readonly signal: AbortSignal }): AsyncIterable<B>
}

/** Options of {@link createSettlement}. */
export interface SettlementOptions<B extends { readonly number: bigint }> {
  readonly node: FinalBlocks<B>
  readonly execution: ExitSource<B>
  readonly networkId: NetworkId
  readonly l1: L1Client
  readonly addresses: BridgeAddresses
  /** The settlement node: an embedded one's `endpoint`, or a client of a remote one. */
  readonly endpoint: SettlementEndpoint
  /** Vouches for the certificates. There is no other key. */
  readonly signer: CertificateSigner
  /** For this client alone, and the embedder's to close, after `run` has ended. */
  readonly database: Database
  /** Where a new client begins; default: the execution layer's `firstBlock`, or 0. */
  readonly firstBlock?: bigint | undefined
  /** When blocks of L1 count; default: when they are finalized. */
  readonly finality?: FinalityPolicy | undefined
  /** How much of an epoch is over before its certificate is made, from 0 to below 1; default 0.5. */
  readonly submitAt?: number | undefined
  /** In JSON, reckoned with the longest exits and claims; default 8 MiB. */
  readonly maxCertificateBytes?: number | undefined
  /** For the chain's contract on L1; default: nothing. */
  readonly customChainData?: Uint8Array | undefined
  /** How often L1 and the settlement node are asked for news, in milliseconds; default 5000. */
  readonly pollIntervalMs?: number | undefined
  /** Has L1's events read at once when there may be a new block, besides; see l1's `newHeads`. */
  readonly heads?: HeadSource | undefined
  /** How long to wait before a failed certificate is made anew; default: from 5 seconds to 10 minutes. */
  readonly retry?: Omit<RetryPolicy, 'maxAttempts'> | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
}

/** How far the client of a network is. */
export interface ClientStatus {
  /** The first block that is not collected. */
  readonly nextBlock: bigint
  /** Exits collected, and how many of them a certificate covers. */
  readonly exits: number
  readonly certifiedExits: number
  /** The newest certificate. */
  readonly certificate: CertificateHeader | undefined
  /** Why no more certificates are made. */
  readonly halted: ClientHalt | undefined
}

/** Carries one network's exits to L1. */
export interface SettlementClient {
  /**
   * Collects, certifies and submits until cancelled, from where the last run ended.
   *
   * @throws CanceledError; ZkStackError `ALREADY_RUNNING`, `BLOCK_MISSING`, `LOCAL_EXIT_ROOT_MISMATCH`, `L1_INFO_TREE_MISMATCH`,
   * `L1_EVENTS`; SettlementStorageError `STORAGE_LOCKED` while another client runs on the same database; what node, execution layer and
   * database throw.
   */
  run(ctx: Ctx): Promise<never>
  readonly status: ClientStatus
  /**
   * Events from now on; after a restart an exit's present stage may be told again. Ends when the signal aborts.
   * @throws ZkStackError `EVENTS_LOST` for whoever does not read them in time.
   */
  events(o?: Partial<CallOptions>): AsyncIterable<ClientEvent>
  /**
   * One exit's way to L1: its present stage, as soon as it is collected, and each further one; ends once it is claimable, or when the
   * signal aborts. An exit whose certificate failed is `inCertificate` again in the next one.
   */
  exit(leafIndex: number, o?: Partial<CallOptions>): AsyncIterable<ExitEvent>
  /** What claims an exit of this network at its destination; `undefined` until it is settled, and L1 says so. */
  claimOfExit(leafIndex: number): Promise<ClaimedExit | undefined>
  /** What claims a deposit of L1 on this network; `undefined` until L1 proves it. */
  claimOfDeposit(index: number): ClaimedExit | undefined
  /** Whether a claim was made under exit roots that L1 had: what an execution layer asks before it accepts one. */
  isKnownExitRoot(claim: Pick<ClaimedExit, 'mainnetExitRoot' | 'rollupExitRoot'>): boolean
  /** Goes on after a halt: another certificate of the same height is made, or the last one is sent again. */
  resume(): Promise<void>
}
