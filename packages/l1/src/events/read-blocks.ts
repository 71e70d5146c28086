import { bytesEqual } from '@zkstack/crypto'
import type { BlockRef, L1Block, L1Log } from '../client/l1-types.js'
import type { EventCursor } from './event-cursor.js'
import type { L1Event } from './event-sink.js'

/** The blocks from the first on, up to the first that does not follow on the one before it. */
export function linked(blocks: readonly L1Block[]): readonly L1Block[] {
  const end = blocks.findIndex((block, i) => {
    const before = blocks[i - 1]
    if (before === undefined) return false
    return block.number !== before.number + 1n || !bytesEqual(block.parentHash, before.hash)
  })
  return end === -1 ? blocks : blocks.slice(0, end)
}

/** Logs with the times of their blocks; `undefined` if one is of a block that is not among these, by number and hash. */
export function eventsOf(
  logs: readonly L1Log[],
  blocks: readonly L1Block[],
): readonly L1Event[] | undefined {
  const byNumber = new Map(blocks.map((block) => [block.number, block]))
  const events: L1Event[] = []
  for (const log of logs) {
    const block = byNumber.get(log.blockNumber)
    if (block === undefined || !bytesEqual(block.hash, log.blockHash)) return undefined
    events.push({ ...log, blockTimestamp: block.timestamp })
  }
  return events
}

/**
 * The cursor after blocks were read. What is known to be final is one checkpoint, the newest; of the others the newest `window` stay.
 */
export function withCheckpoints(
  cursor: EventCursor,
  blocks: readonly L1Block[],
  window: number,
): EventCursor {
  const refs = blocks.map(({ number, hash }): BlockRef => ({ number, hash }))
  const all = [...cursor.checkpoints, ...refs]
  const finalTo = cursor.finalTo ?? -1n
  const newestFinal = all.findLastIndex(({ number }) => number <= finalTo)
  const kept = all.slice(Math.max(newestFinal, 0)).slice(-window)
  return {
    ...cursor,
    next: (refs.at(-1)?.number ?? cursor.next - 1n) + 1n,
    checkpoints: kept,
    isPruned: cursor.isPruned || kept.length < all.length,
  }
}
