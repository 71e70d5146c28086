import { createCommittee } from '../committee.js'
import type { Committee } from '../committee.js'

/** Validators of whom some, the twins, run two nodes with one key. */
export interface TwinsCluster {
  /** By validator index. */
  readonly weights: readonly bigint[]
  /** Validator indices, ascending. */
  readonly twins: readonly number[]
  /** Validator index of each node: all validators once, then the twins again. */
  readonly nodes: readonly number[]
  /** Weight of distinct keys that is a quorum. */
  readonly quorum: bigint
}

/**
 * Describes a cluster: `validators` is a number or their weights, `twins` are indices, or how many of the last validators.
 *
 * @throws RangeError for a twin that is no validator.
 */
export function createTwinsCluster(
  validators: number | readonly bigint[],
  twins: number | readonly number[],
): TwinsCluster {
  const { schedule } = createCommittee({ validators })
  const weights = schedule.validators.map(({ weight }) => weight)
  const all = [...weights.keys()]
  const chosen =
    typeof twins === 'number' ? all.slice(all.length - twins) : all.filter((i) => twins.includes(i))
  if (chosen.length !== (typeof twins === 'number' ? twins : twins.length)) {
    throw new RangeError(`twins: ${String(twins)}`)
  }
  return { weights, twins: chosen, nodes: [...all, ...chosen], quorum: schedule.quorum }
}

/** The committee of a cluster, led in each view by whom `leaderAt` says. */
export function committeeOf(cluster: TwinsCluster, leaderAt: (view: bigint) => number): Committee {
  return createCommittee({ validators: cluster.weights, leaderAt })
}
