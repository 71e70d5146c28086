import type { Hash32 } from '@zkstack/crypto'
import type { GlobalIndex, NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificateStatus } from './certificate-header.js'
import type { CertificateStatusError } from './certificate-status-error.js'

/** How a network vouches for its certificates; `unspecified` until its first one. */
export type NetworkType =
  'unspecified' | 'ecdsa' | 'generic' | 'multisigOnly' | 'multisigAndAggchainProof'

/** How a network fares: `error` while its next certificate is in error, `disabled` before all else. */
export type NetworkStatus = 'unspecified' | 'active' | 'syncing' | 'error' | 'disabled'

/** A claim of a settled certificate. */
export interface SettledClaim {
  readonly globalIndex: GlobalIndex
  readonly bridgeExitHash: Hash32
}

/**
 * Everything about a network at a glance.
 * @see agglayer proto/agglayer/node/types/v1/network_info.proto
 */
export interface NetworkInfo {
  readonly networkStatus: NetworkStatus
  readonly networkType: NetworkType
  readonly networkId: NetworkId
  /** Height of the newest settled certificate. */
  readonly settledHeight: bigint | undefined
  readonly settledCertificateId: Hash32 | undefined
  /** Pessimistic root after it. */
  readonly settledPpRoot: Hash32 | undefined
  /** Local exit root after it. */
  readonly settledLer: Hash32 | undefined
  /** Leaves of the local exit tree after it. */
  readonly settledLetLeafCount: bigint | undefined
  /** The last claim of the newest settled certificate that claims anything. */
  readonly settledClaim: SettledClaim | undefined
  /** Height of the newest certificate that is not settled. */
  readonly latestPendingHeight: bigint | undefined
  readonly latestPendingStatus: CertificateStatus['type'] | undefined
  readonly latestPendingError: CertificateStatusError | undefined
  /** The last epoch in which something settled. */
  readonly latestEpochWithSettlement: bigint | undefined
  readonly latestPendingCertificateId: Hash32 | undefined
}
