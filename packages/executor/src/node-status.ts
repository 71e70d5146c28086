import type { BlockRange } from '@zkstack/storage'
import type { NodePhase, NodeStatus, Role } from './consensus-node.js'

/** Where a node is in its life. */
export type LifePhase = 'running' | 'stopping' | 'stopped' | 'failed'

/** What {@link statusOf} judges by. */
export interface StatusInput {
  readonly life: LifePhase
  readonly role: Role
  readonly epoch: bigint
  readonly view: bigint | undefined
  readonly range: BlockRange
  /** The next block to commit. */
  readonly applied: bigint
  /** The first block that was not on disk at the start. */
  readonly recoverTo: bigint
  /** The first block that the chain makes. */
  readonly firstBlock: bigint
  readonly peers: readonly { readonly range: { readonly next: bigint } | undefined }[]
}

/** Blocks by which a peer must lead before we say that we are catching up: one in flight is the normal state. */
const SYNC_LEAD = 2n

/** Describes what a node does. */
export function statusOf(o: StatusInput): NodeStatus {
  return {
    phase: phaseOf(o),
    role: o.role,
    view: o.view,
    epoch: o.epoch,
    head: o.range.next > o.range.first ? o.range.next - 1n : undefined,
    committed: o.applied > o.firstBlock ? o.applied - 1n : undefined,
    peers: o.peers.length,
  }
}

function phaseOf(o: StatusInput): NodePhase {
  if (o.life !== 'running') return o.life
  if (o.applied < o.recoverTo) return 'recovering'
  const lead = o.peers.some(
    ({ range }) => range !== undefined && range.next > o.range.next + SYNC_LEAD,
  )
  if (lead) return 'syncing'
  return o.role === 'validator' ? 'validating' : 'following'
}
