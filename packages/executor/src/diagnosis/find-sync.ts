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
  if (ahead.length === 0) return noPeers(s)
  const head = ahead.reduce((high, range) => (range.next > high ? range.next : high), 0n) - 1n
  if (ahead.some(({ first }) => first <= next)) {
    const message = `This node is behind: it has blocks below ${next}, peers have them up to ${head}. It is fetching them.`
    return [{ cause: 'sync', message, validators: [] }]
  }
  const oldest = ahead.reduce((low, { first }) => (first < low ? first : low), head)
  const message = `Block ${next} is needed, and no connected peer has it any more: the ${ahead.length} that are ahead begin at block ${oldest}. Connect a peer with the history, or start from a newer copy of the data directory.`
  return [{ cause: 'pruned', message, validators: [] }]
}

function noPeers(s: NodeSnapshot): readonly Finding[] {
  if (s.peers.length > 0 || s.committee.length <= 1) return []
  const message = 'No peer is connected. Check the network, peers.outbound and the firewall.'
  return [{ cause: 'peers', message, validators: [] }]
}
