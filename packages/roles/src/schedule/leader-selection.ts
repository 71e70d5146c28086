import { keccak256 } from '@zkstack/crypto'
import type { CanonicalReader } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { readVoid, writeVoid } from '../messages/std.js'

/** How the leader of a view is chosen among the validators that may lead. */
export interface LeaderSelection {
  /** Views before the leader changes; 0: it never does. */
  readonly frequency: bigint
  /** In turn by index, or at random in proportion to weight. */
  readonly mode: 'roundRobin' | 'weighted'
}

/** A validator that may lead. */
export interface LeaderCandidate {
  readonly index: number
  readonly weight: bigint
}

/** The leader changes with every view, in turn. */
export const defaultLeaderSelection: LeaderSelection = { frequency: 1n, mode: 'roundRobin' }

/**
 * Index of the leader of a view. Weighted: `keccak256(be64(turn))` as a number, modulo the total weight, falls into one of
 * the leaders' shares, which follow each other by index. O(leaders).
 * @see docs/spec/messages.md S2 to S4
 */
export function selectLeader(
  view: bigint,
  selection: LeaderSelection,
  leaders: readonly LeaderCandidate[],
): number {
  const turn = selection.frequency === 0n ? 0n : view / selection.frequency
  if (selection.mode === 'roundRobin') {
    return leaderAt(leaders, Number(turn % BigInt(leaders.length)))
  }
  let share = weightedDraw(
    turn,
    leaders.reduce((sum, leader) => sum + leader.weight, 0n),
  )
  for (const { index, weight } of leaders) {
    if (share < weight) return index
    share -= weight
  }
  return leaderAt(leaders, -1)
}

function weightedDraw(turn: bigint, weight: bigint): bigint {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, turn)
  const digest = keccak256(new Uint8Array(bytes.buffer))
  let number = 0n
  for (const byte of digest) number = (number << 8n) | BigInt(byte)
  return number % weight
}

function leaderAt(leaders: readonly LeaderCandidate[], position: number): number {
  const leader = leaders[position]
  if (leader === undefined) throw new RangeError('leaders: there is none')
  return leader.index
}

function writeMode(writer: CanonicalWriter, mode: LeaderSelection['mode']): void {
  writer.message(mode === 'roundRobin' ? 1 : 3, writeVoid, undefined)
}

function readMode(reader: CanonicalReader): LeaderSelection['mode'] {
  const weighted = reader.nextField === 3
  reader.message(weighted ? 3 : 1, readVoid)
  return weighted ? 'weighted' : 'roundRobin'
}

/** Writes the body of a leader selection: frequency 1, mode 2. */
export function writeLeaderSelection(writer: CanonicalWriter, selection: LeaderSelection): void {
  writer.message(2, writeMode, selection.mode)
  writer.uint64(1, selection.frequency)
}

/** Reads the body of a leader selection. */
export function readLeaderSelection(reader: CanonicalReader): LeaderSelection {
  const frequency = reader.uint64(1)
  const mode = reader.message(2, readMode)
  return { frequency, mode }
}
