import type { Ctx } from '@zkstack/concurrency'
import type { BlockClient, BlocksAnswer } from '../blocks/block-client.js'
import type { Peer } from '../peers/peer.js'
import type { PeerName } from './sync-state.js'

/** What a block or an answer proves against whoever gave it. */
export type SyncRule = 'INVALID_BLOCK' | 'MISSING_BLOCK'

/** Whom sync can ask for blocks. */
export interface SyncSource {
  readonly name: PeerName
  /** Ends with the connection; then what was asked of it will not be answered. */
  readonly ctx: Ctx
  /** Asked only for what nobody else has. */
  readonly isLastResort: boolean
  /** @throws NetworkError or CanceledError when no answer comes. */
  fetch(ctx: Ctx, first: bigint, count: number): Promise<BlocksAnswer>
  /** Holds the source to account; ends it when that is due. */
  accuse(rule: SyncRule, text: string): void
}

/** A connected peer as a source of blocks. */
export function peerSource(ctx: Ctx, peer: Peer, client: BlockClient): SyncSource {
  return {
    name: peer.name,
    ctx,
    isLastResort: false,
    fetch: (call, first, count) => client.fetch(call, first, count),
    accuse: (rule, text) => {
      peer.misbehaved(rule, text)
    },
  }
}
