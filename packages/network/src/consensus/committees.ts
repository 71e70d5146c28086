import type { EpochScope } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'

/** The committees that count now: the ruling one first, then the one that takes over next. */
export function committeesOf(
  init: Pick<NetworkInit, 'scope' | 'pendingScope'>,
): readonly EpochScope[] {
  return [init.scope(), init.pendingScope?.()].filter((committee) => committee !== undefined)
}

/** Whether a validator is of a committee. */
export function isIn({ schedule }: EpochScope, validator: Uint8Array): boolean {
  return schedule.indexOf(validator) !== undefined
}

/** Whether the validator proven on this connection is of a committee that counts now. */
export function isMember(peer: Peer, init: Pick<NetworkInit, 'scope' | 'pendingScope'>): boolean {
  const { carrier } = peer
  return carrier !== undefined && committeesOf(init).some((committee) => isIn(committee, carrier))
}

/** The epochs in whose committee the peer is. */
export function epochsOf(
  { carrier }: Pick<Peer, 'carrier'>,
  init: Pick<NetworkInit, 'scope' | 'pendingScope'>,
): readonly bigint[] {
  if (carrier === undefined) return []
  return committeesOf(init).flatMap((scope) => (isIn(scope, carrier) ? [scope.epoch] : []))
}
