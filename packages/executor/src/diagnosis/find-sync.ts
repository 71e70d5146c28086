import type { NodeSnapshot } from '../consensus-node.js'
import type { Finding } from './finding.js'

/** What keeps a node from the blocks that others have. */
export function findSync(s: NodeSnapshot): readonly Finding[] {
  const next = BigInt(s.store.next)
  const ranges = s.peers.flatMap(({ range }) =>
    range === undefined ? [] : { first: BigInt(range.first), next: BigInt(range.next) },
  )
  // One block in flight is the normal state.
  const ahead = ranges.filter((range) => range.next > next + 1n)
  const source = findFallback(
    s,
    next,
    ahead.some(({ first }) => first <= next),
  )
  if (source.length > 0) return source
  if (ahead.length === 0) return noPeers(s)
  const head = ahead.reduce((high, range) => (range.next > high ? range.next : high), 0n) - 1n
  if (ahead.some(({ first }) => first <= next)) {
    const message = `This node is behind: it has blocks below ${next}, peers have them up to ${head}. It is fetching them.`
    return [{ cause: 'sync', message, validators: [] }]
  }
  const oldest = ahead.reduce((low, { first }) => (first < low ? first : low), head)
  const message = `Block ${next} is needed, and no connected peer has it any more: the ${ahead.length} that are ahead begin at block ${oldest}. Connect a peer with the history, give a fallback source, or start from a newer copy of the data directory.`
  return [{ cause: 'pruned', message, validators: [] }]
}

/** What the fallback source does, when no peer has the next block. */
function findFallback(s: NodeSnapshot, next: bigint, isAtPeers: boolean): readonly Finding[] {
  const { fallback } = s
  if (fallback === undefined || isAtPeers) return []
  if (fallback.failure !== undefined) {
    const message = `No peer has block ${next}, and there is trouble with the fallback source. Last: ${fallback.failure}.`
    return [{ cause: 'sync', message, validators: [] }]
  }
  const end = BigInt(fallback.next ?? '0')
  if (end <= next + 1n) return []
  const message = `This node is behind: it has blocks below ${next}, no connected peer has the next one. It is fetching them from the fallback source, which has them up to ${end - 1n}.`
  return [{ cause: 'sync', message, validators: [] }]
}

function noPeers(s: NodeSnapshot): readonly Finding[] {
  if (s.peers.length > 0 || s.committee.length <= 1) return []
  const message = 'No peer is connected. Check the network, peers.outbound and the firewall.'
  return [{ cause: 'peers', message, validators: [] }]
}
