import type { TwinsCluster } from './twins-cluster.js'

/** The part of each node; parts are numbered in the order of their first nodes, so that equal splits are equal lists. */
export type Split = readonly number[]

/**
 * All ways to split the nodes into one to `mostParts` parts of which at least one holds a quorum of distinct keys, each
 * once; the undivided network comes first.
 */
export function enumerateSplits(cluster: TwinsCluster, mostParts: number): readonly Split[] {
  const splits: Split[] = []
  const extend = (prefix: readonly number[], parts: number): void => {
    if (prefix.length === cluster.nodes.length) {
      if (hasQuorum(prefix, cluster)) splits.push(prefix)
      return
    }
    for (let part = 0; part <= Math.min(parts, mostParts - 1); part += 1) {
      extend([...prefix, part], Math.max(parts, part + 1))
    }
  }
  extend([], 0)
  return splits
}

function hasQuorum(split: Split, { nodes, weights, quorum }: TwinsCluster): boolean {
  const keys = new Map<number, Set<number>>()
  for (const [node, part] of split.entries()) {
    const members = keys.get(part) ?? new Set()
    members.add(nodes[node] ?? -1)
    keys.set(part, members)
  }
  return [...keys.values()].some((members) => {
    let weight = 0n
    for (const index of members) weight += weights[index] ?? 0n
    return weight >= quorum
  })
}

/** A split with its parts numbered anew in the order of their first nodes. */
export function normalizeSplit(split: Split): Split {
  const names = new Map<number, number>()
  return split.map((part) => {
    const name = names.get(part) ?? names.size
    names.set(part, name)
    return name
  })
}
