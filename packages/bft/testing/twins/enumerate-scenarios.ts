import type { TwinsCluster } from './twins-cluster.js'
import type { TwinsRound, TwinsScenario, TwinsSpace } from './twins-scenario.js'
import { enumerateSplits, normalizeSplit } from './twins-splits.js'
import type { Split } from './twins-splits.js'

/** A renaming of nodes that changes nothing: `node[i]` becomes node i's name, `split[s]` split s's, `leader[v]` validator v's. */
interface Symmetry {
  readonly split: readonly number[]
  readonly leader: readonly number[]
}

/**
 * Every scenario of a space exactly once, up to renaming: correct validators are interchangeable, so are twins, and so
 * are the two nodes of a twin. Round by round, of all configurations that renamings which leave the rounds before
 * unchanged turn into each other, the first is taken.
 */
export function* enumerateScenarios(space: TwinsSpace): Generator<TwinsScenario> {
  const { cluster } = space
  const splits = enumerateSplits(cluster, space.mostParts)
  const symmetries = symmetriesOf(cluster, splits)
  function* extend(
    rounds: readonly TwinsRound[],
    keeping: readonly Symmetry[],
  ): Generator<TwinsScenario> {
    if (rounds.length === space.rounds) {
      yield { cluster, rounds }
      return
    }
    for (let leader = 0; leader < cluster.weights.length; leader += 1) {
      const afterLeader = fixing(keeping, leader, ({ leader: names }) => names)
      if (afterLeader === undefined) continue
      for (const [p, proposals] of splits.entries()) {
        const afterProposals = fixing(afterLeader, p, ({ split: names }) => names)
        if (afterProposals === undefined) continue
        for (const [r, rest] of splits.entries()) {
          const afterRest = fixing(afterProposals, r, ({ split: names }) => names)
          if (afterRest === undefined) continue
          yield* extend([...rounds, { leader, proposals, rest }], afterRest)
        }
      }
    }
  }
  yield* extend([], symmetries)
}

/** The symmetries that keep `item`, or `undefined` when one of them gives it an earlier name: then that was taken. */
function fixing(
  symmetries: readonly Symmetry[],
  item: number,
  namesOf: (symmetry: Symmetry) => readonly number[],
): readonly Symmetry[] | undefined {
  const kept: Symmetry[] = []
  for (const symmetry of symmetries) {
    const name = namesOf(symmetry)[item] ?? item
    if (name < item) return undefined
    if (name === item) kept.push(symmetry)
  }
  return kept
}

function symmetriesOf(cluster: TwinsCluster, splits: readonly Split[]): readonly Symmetry[] {
  const indexOf = new Map(splits.map((split, index) => [split.join(), index]))
  return renamings(cluster).map((names) => ({
    split: splits.map((split) => {
      const renamed: number[] = []
      for (const [node, part] of split.entries()) renamed[names[node] ?? node] = part
      return indexOf.get(normalizeSplit(renamed).join()) ?? -1
    }),
    leader: cluster.weights.map((_, index) => cluster.nodes[names[index] ?? index] ?? index),
  }))
}

/**
 * New names of all nodes, for each symmetry of the cluster: validators of equal weight and honesty change places, and the
 * nodes of a twin do.
 */
function renamings({ weights, twins }: TwinsCluster): readonly (readonly number[])[] {
  const kindOf = (index: number): string => `${weights[index]}/${twins.includes(index)}`
  const kinds = weights.map((_, index) => kindOf(index))
  return arrangements(kinds).flatMap((names) =>
    Array.from({ length: 2 ** twins.length }, (_, swaps) => {
      const seconds = twins.map((twin) => weights.length + twins.indexOf(names[twin] ?? twin))
      const renamed = [...names, ...seconds]
      for (const [i, twin] of twins.entries()) {
        if (((swaps >> i) & 1) === 0) continue
        renamed[twin] = seconds[i] ?? twin
        renamed[weights.length + i] = names[twin] ?? twin
      }
      return renamed
    }),
  )
}

/** All ways to rename the places of a list so that every place keeps its kind. */
function arrangements(kinds: readonly string[]): readonly (readonly number[])[] {
  let partial: (readonly number[])[] = [[]]
  for (const kind of kinds) {
    const places = kinds.flatMap((other, place) => (other === kind ? [place] : []))
    partial = partial.flatMap((names) =>
      places.filter((place) => !names.includes(place)).map((place) => [...names, place]),
    )
  }
  return partial
}
