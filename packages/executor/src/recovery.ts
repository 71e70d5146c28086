import { err, ok, type Result } from '@zkstack/crypto'
import { NodeError } from './errors.js'

/** What decides where commits go on after a start. */
export interface RecoveryInput {
  /** What `lastCommitted` said; null: nothing yet; undefined: the execution layer has no such method. */
  readonly lastCommitted: bigint | null | undefined
  /** Blocks on disk: [first, next). */
  readonly range: { readonly first: bigint; readonly next: bigint }
  /** The first block that consensus makes; earlier ones are never committed by the node. */
  readonly firstBlock: bigint
}

/**
 * The number of the next block to commit, so that every stored block above `lastCommitted` is committed once,
 * in order. Without `lastCommitted` the block store is the truth: everything in it is committed again.
 *
 * Errors: `EXECUTION_AHEAD` when the execution layer has blocks that the store lacks (a lost or wrong data
 * directory), `EXECUTION_BEHIND` when it needs blocks that were pruned.
 */
export function nextToCommit(o: RecoveryInput): Result<bigint, NodeError> {
  const { range, firstBlock, lastCommitted } = o
  const next = max(
    firstBlock,
    lastCommitted === undefined || lastCommitted === null ? 0n : lastCommitted + 1n,
  )
  if (next > max(range.next, firstBlock)) return err(ahead(next - 1n, range))
  if (next < range.first) return err(behind(next, o))
  return ok(next)
}

function ahead(last: bigint, range: RecoveryInput['range']): NodeError {
  const held = range.next === range.first ? 'is empty' : `ends at block ${range.next - 1n}`
  return new NodeError(
    'EXECUTION_AHEAD',
    `the execution layer has committed block ${last}, but the block store ${held}. Give the node the data ` +
      `directory that belongs to this execution layer, or set the execution layer back to block ` +
      `${range.next === 0n ? 'nothing (its genesis state)' : String(range.next - 1n)}.`,
  )
}

function behind(next: bigint, o: RecoveryInput): NodeError {
  const remedy =
    o.lastCommitted === undefined
      ? 'Implement lastCommitted() on the execution layer, so that it is not asked to start over.'
      : `Bring the execution layer to block ${o.range.first - 1n} or later, for instance from a snapshot, or use a store that holds block ${next}.`
  return new NodeError(
    'EXECUTION_BEHIND',
    `the execution layer needs block ${next}, but the block store starts at ${o.range.first}: the blocks ` +
      `between were pruned. ${remedy}`,
  )
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
