import type { SeededRandom } from '@zkstack/concurrency'
import type { TwinsCluster } from './twins-cluster.js'
import { enumerateSplits } from './twins-splits.js'
import type { Split } from './twins-splits.js'

/** What happens in one view: who leads, who hears its proposals, who hears everything else that belongs to the view. */
export interface TwinsRound {
  /** Validator index; if it is a twin, both its nodes lead. */
  readonly leader: number
  readonly proposals: Split
  readonly rest: Split
}

/** A run of a cluster: its rounds are views 1, 2, …; before and after them the network is whole. */
export interface TwinsScenario {
  readonly cluster: TwinsCluster
  readonly rounds: readonly TwinsRound[]
}

/** How scenarios are drawn or enumerated. */
export interface TwinsSpace {
  readonly cluster: TwinsCluster
  readonly rounds: number
  /** Into how many parts the network may fall. */
  readonly mostParts: number
}

/** A scenario in one line: leader, parts of proposals, parts of the rest, round after round. */
export function formatScenario({ rounds }: TwinsScenario): string {
  return rounds
    .map(({ leader, proposals, rest }) => `${leader}:${proposals.join('')}:${rest.join('')}`)
    .join(' ')
}

/** Draws scenarios uniformly, none twice, until there are no more. */
export function* drawScenarios(space: TwinsSpace, random: SeededRandom): Generator<TwinsScenario> {
  const { cluster, rounds } = space
  const splits = enumerateSplits(cluster, space.mostParts)
  const pick = (): Split => splits[random.uint32() % splits.length] ?? []
  const size = (cluster.weights.length * splits.length ** 2) ** rounds
  const drawn = new Set<string>()
  while (drawn.size < size) {
    const scenario: TwinsScenario = {
      cluster,
      rounds: Array.from({ length: rounds }, () => ({
        leader: random.uint32() % cluster.weights.length,
        proposals: pick(),
        rest: pick(),
      })),
    }
    const name = formatScenario(scenario)
    if (drawn.has(name)) continue
    drawn.add(name)
    yield scenario
  }
}
