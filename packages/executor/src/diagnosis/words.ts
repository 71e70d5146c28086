import type { NodeSnapshot } from '../consensus-node.js'

/** A time span as people say it: `350 ms`, `4.2 s`, `7 min`, `3 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}

/** How long ago a moment of the snapshot's monotonic time was. */
export function since(snapshot: NodeSnapshot, at: number): number {
  return Math.max(0, snapshot.clock.nowMs - at)
}

/** `validator 3`, `validators 3, 4 and 5`. */
export function validators(indices: readonly number[]): string {
  const last = indices.at(-1)
  if (last === undefined) return 'nobody'
  if (indices.length === 1) return `validator ${last}`
  return `validators ${indices.slice(0, -1).join(', ')} and ${last}`
}

/** Sum of the weights of validators. */
export function weightOf({ committee }: NodeSnapshot, indices: readonly number[]): bigint {
  return indices.reduce((sum, index) => sum + BigInt(committee[index]?.weight ?? '0'), 0n)
}

/** Validators, ourselves included, that are connected. */
export function connected({ committee, peers, validatorKey }: NodeSnapshot): readonly number[] {
  // A snapshot shows a carrier as bare hex, which ends the text form of its key.
  const carriers = peers.flatMap(({ carrier }) => carrier ?? [])
  return committee.flatMap(({ key }, index) =>
    key === validatorKey || carriers.some((carrier) => key.endsWith(`:${carrier}`)) ? [index] : [],
  )
}

/** Milliseconds since each validator was heard of, ourselves never silent; `undefined`: never in this process. */
export function silences(snapshot: NodeSnapshot): readonly (number | undefined)[] {
  const { replica, committee } = snapshot
  if (replica === undefined) return []
  return committee.map((_, index) => {
    if (index === replica.self) return 0
    const at = replica.heardAt[index]
    return at === undefined || at === null ? undefined : since(snapshot, at)
  })
}
