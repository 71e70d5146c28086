import type { HeightMark } from '@zkstack/storage'

/** Which blocks a node keeps; older ones are pruned once they are committed. The newest block always stays. */
export type Retention =
  /** That many of the newest. */
  | { readonly blocks: number }
  /** Those that came in the last `ageMs` milliseconds of wall-clock time. */
  | { readonly ageMs: number }

/** What decides about pruning. */
export interface RetentionInput {
  readonly range: { readonly first: bigint; readonly next: bigint }
  /** The next block to commit. */
  readonly applied: bigint
  /** How the chain grew, oldest first. */
  readonly marks: readonly HeightMark[]
  readonly utcMs: number
}

/** The first block to keep: never above what is committed, and never above the newest. */
export function keepFrom(retention: Retention, o: RetentionInput): bigint {
  const wanted =
    'blocks' in retention ? o.range.next - BigInt(retention.blocks) : outdated(retention, o)
  return [o.applied, o.range.next - 1n, wanted].reduce((a, b) => (a < b ? a : b))
}

/** Everything below was there `ageMs` ago. */
function outdated({ ageMs }: { readonly ageMs: number }, o: RetentionInput): bigint {
  return o.marks.findLast(({ utcMs }) => utcMs <= o.utcMs - ageMs)?.next ?? o.range.first
}

/** The marks with the present height added, without those that decide nothing any more. */
export function withMark(
  marks: readonly HeightMark[],
  mark: HeightMark,
  ageMs: number,
): readonly HeightMark[] {
  // a wall clock that was set back makes earlier marks of no use
  const earlier = marks.filter(({ utcMs }) => utcMs < mark.utcMs)
  const decisive = earlier.findLastIndex(({ utcMs }) => utcMs <= mark.utcMs - ageMs)
  return [...earlier.slice(Math.max(0, decisive)), mark]
}
