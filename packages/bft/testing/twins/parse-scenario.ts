import type { TwinsCluster } from './twins-cluster.js'
import type { TwinsRound, TwinsScenario } from './twins-scenario.js'
import { normalizeSplit } from './twins-splits.js'

/** Reads what `formatScenario` writes. @throws RangeError when the text does not fit the cluster. */
export function parseScenario(text: string, cluster: TwinsCluster): TwinsScenario {
  const rounds = text
    .trim()
    .split(/\s+/)
    .map((round): TwinsRound => {
      const [leader = '', proposals = '', rest = ''] = round.split(':')
      const valid = [proposals, rest].every((split) => {
        return split.length === cluster.nodes.length && /^[0-9]+$/.test(split)
      })
      const index = /^[0-9]+$/.test(leader) ? Number(leader) : cluster.weights.length
      if (!valid || index >= cluster.weights.length) throw new RangeError(`scenario: ${round}`)
      return { leader: index, proposals: splitOf(proposals), rest: splitOf(rest) }
    })
  return { cluster, rounds }
}

function splitOf(digits: string): readonly number[] {
  return normalizeSplit([...digits].map(Number))
}
