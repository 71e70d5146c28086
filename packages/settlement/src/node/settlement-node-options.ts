import type { Clock, Logger, MetricsSink, Random } from '@zkstack/concurrency'
import type { Hash32 } from '@zkstack/crypto'
import type { FinalityPolicy, HeadSource, L1Client, L1Signer, TransactionPolicy } from '@zkstack/l1'
import type { Address, NetworkId, Prover } from '@zkstack/pessimistic-proof'
import type { RetryPolicy } from '../certificates/retry-policy.js'
import type { CertifierOptions } from '../certifier/create-certifier.js'
import type { ContractAddresses } from '../contracts/contract-addresses.js'
import type { CertificatesPerEpoch } from '../epochs/open-epoch.js'
import type { NetworkRateLimits } from '../rate-limit/network-rate-limits.js'
import type { BackupRequests } from '../runner/ports.js'
import type { Database } from '../storage/database.js'
import type { EpochConfiguration } from '../types/epoch-configuration.js'
import type { ClockEvent } from './clock-event.js'

/** How epochs are counted: by blocks of L1, or by seconds since the first start. */
export type EpochSchedule =
  | ({ readonly type: 'block' } & EpochConfiguration)
  | { readonly type: 'time'; readonly epochDuration: bigint }

/** When what L1 says counts, for each purpose. */
export interface NodeFinality {
  /** Roots of the L1 info tree; default: finalized blocks. */
  readonly l1InfoRoots?: FinalityPolicy | undefined
  /** Settled pessimistic roots; default: blocks under the tag of `transactions`, or a root settled a moment ago is not seen. */
  readonly settlements?: FinalityPolicy | undefined
}

/** What a settlement node is made of. It has no key but those of the signers. */
export interface SettlementNodeOptions {
  readonly l1: L1Client
  /** The first sends settlement transactions and must be a trusted aggregator; see l1's transaction manager for the others. */
  readonly signers: readonly [L1Signer, ...L1Signer[]]
  readonly addresses: ContractAddresses
  /** Everything is kept here, settlement jobs included. It is the embedder's to close, after `run` has ended. */
  readonly database: Database
  readonly prover: Prover
  readonly accepts: CertifierOptions['accepts']
  readonly epochs: EpochSchedule
  readonly finality?: NodeFinality | undefined
  /** How transactions are driven; default: l1's `defaultTransactionPolicy`. */
  readonly transactions?: TransactionPolicy | undefined
  /** How often L1 is asked for news, in milliseconds; default 2000. */
  readonly pollIntervalMs?: number | undefined
  /** Has L1 asked at once when there may be a new block, besides; see l1's `newHeads`. */
  readonly heads?: HeadSource | undefined
  /** Told of what the clock learns of L1; must not throw. */
  readonly onClock?: ((event: ClockEvent) => void) | undefined
  /** See `SettlementCallsOnL1`. */
  readonly gatewaySelector?: Uint8Array | undefined
  /** FOR DEVELOPMENT, with the native prover: see `SettlementCallsOnL1`. */
  readonly developmentVKey?: Hash32 | undefined
  /** Signers that the operator names instead of the trusted sequencer, by network. */
  readonly proofSigners?: ReadonlyMap<NetworkId, Address> | undefined
  readonly rateLimits?: NetworkRateLimits | undefined
  readonly certificatesPerEpoch?: CertificatesPerEpoch | undefined
  readonly retry?: RetryPolicy | undefined
  readonly maxHeightsAhead?: bigint | undefined
  readonly backups?: BackupRequests | undefined
  /** Whether to keep a copy of every certificate for ever; default no. */
  readonly debug?: boolean | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  readonly logger?: Logger | undefined
  readonly metrics?: MetricsSink | undefined
}
