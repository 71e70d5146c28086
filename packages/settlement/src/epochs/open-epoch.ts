import { err, ok, type Result } from '@zkstack/crypto'
import type { NetworkId } from '@zkstack/pessimistic-proof'

/** How many certificates of one network an epoch takes. */
export type CertificatesPerEpoch = number | 'unlimited'

/** What an epoch holds of one network: a run of heights, both ends included. */
export interface EpochCheckpoint {
  readonly start: bigint
  readonly end: bigint
}

/** The epoch that takes certificates now. Immutable. */
export interface OpenEpoch {
  readonly number: bigint
  /** Index of the next certificate: how many it holds. */
  readonly nextIndex: bigint
  /** What it holds, by network. */
  readonly checkpoints: ReadonlyMap<NetworkId, EpochCheckpoint>
}

/** Why an epoch does not take a certificate. */
export type EpochError =
  /** Heights of a network are settled one after another, from 0. */
  | { readonly code: 'UnexpectedHeight'; readonly height: bigint; readonly expected: bigint }
  /** The network has as many in this epoch as it may. */
  | { readonly code: 'AtCapacity'; readonly epoch: bigint }

/** An epoch without certificates. */
export function emptyEpoch(number: bigint): OpenEpoch {
  return { number, nextIndex: 0n, checkpoints: new Map() }
}

/** How many certificates of a network an epoch holds. */
export function certificatesInEpoch(epoch: OpenEpoch, networkId: NetworkId): bigint {
  const checkpoint = epoch.checkpoints.get(networkId)
  return checkpoint === undefined ? 0n : checkpoint.end - checkpoint.start + 1n
}

/**
 * Puts a certificate into an epoch, at its index; `latestSettled` is the network's newest settled height, of whatever epoch.
 * @see agglayer crates/agglayer-storage/src/stores/per_epoch
 */
export function assignCertificate(
  epoch: OpenEpoch,
  certificate: {
    readonly networkId: NetworkId
    readonly height: bigint
    readonly latestSettled: bigint | undefined
  },
  limit: CertificatesPerEpoch = 'unlimited',
): Result<{ readonly epoch: OpenEpoch; readonly index: bigint }, EpochError> {
  const { networkId, height, latestSettled } = certificate
  const expected = latestSettled === undefined ? 0n : latestSettled + 1n
  if (height !== expected) return err({ code: 'UnexpectedHeight', height, expected })
  const held = certificatesInEpoch(epoch, networkId)
  if (limit !== 'unlimited' && held >= BigInt(limit))
    return err({ code: 'AtCapacity', epoch: epoch.number })
  const start = epoch.checkpoints.get(networkId)?.start ?? height
  const checkpoints = new Map(epoch.checkpoints).set(networkId, { start, end: height })
  const { nextIndex: index, number } = epoch
  return ok({ epoch: { number, nextIndex: index + 1n, checkpoints }, index })
}
