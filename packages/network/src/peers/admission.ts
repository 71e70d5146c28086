import { goodbye, type Goodbye } from '../goodbye.js'
import type { ConnectionDirection } from '../transport/network-transport.js'

/** What decides whether a connection whose keys are proven may stay. */
export interface Candidate {
  readonly direction: ConnectionDirection
  /** The direction, seen from here, of the connection that stays when both sides dial: that of the lower PeerId. */
  readonly preferred: ConnectionDirection
  /** Direction of the living connection to the same node, if there is one. */
  readonly rival: ConnectionDirection | undefined
  /** How long the node is banned for. */
  readonly bannedMs: number
  /** A configured peer, or the first connection of a committee member: admitted beyond the limit. */
  readonly isExempt: boolean
  /** Other inbound connections that count against the limit. */
  readonly dynamicInbound: number
  readonly maxDynamicInbound: number
}

/** The reason to refuse a connection; undefined lets it in. */
export function refusalOf(c: Candidate): Goodbye | undefined {
  if (c.bannedMs > 0) return goodbye('BANNED', `come back in ${Math.ceil(c.bannedMs / 1000)} s`)
  if (yieldsTo(c)) {
    return goodbye('ALREADY_CONNECTED', 'the connection dialled by the lower PeerId stays')
  }
  if (c.direction === 'outbound' || c.isExempt || c.dynamicInbound < c.maxDynamicInbound)
    return undefined
  return goodbye('LIMIT', `${c.maxDynamicInbound} peers are connected already`)
}

/**
 * Whether a connection gives way to the one there is. One in the same direction takes over instead: its dialler would not have
 * dialled had the first one been alive.
 */
export function yieldsTo(c: Pick<Candidate, 'direction' | 'preferred' | 'rival'>): boolean {
  return c.rival !== undefined && c.rival !== c.direction && c.direction !== c.preferred
}
