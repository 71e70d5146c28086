import type { ReplicaSnapshot } from '@zkstack/bft'
import type { PeerInfo } from '@zkstack/network'

/** Why no block comes, in a sentence: what the replica waits for, who is silent, how many peers there are. */
export function explainStall(
  replica: ReplicaSnapshot | undefined,
  peers: readonly Pick<PeerInfo, 'range'>[],
  backlog: bigint,
): string {
  const parts = [`${peers.length} peers connected`]
  if (backlog > 0n) parts.unshift(`the execution layer has ${backlog} blocks still to commit`)
  if (replica === undefined) {
    const best = peers.reduce(
      (max, { range }) => (range !== undefined && range.next > max ? range.next : max),
      0n,
    )
    parts.push(
      best === 0n ? 'none of them has a block' : `the best of them is at block ${best - 1n}`,
    )
    return parts.join('; ')
  }
  const awaits = replica.awaits.map((a) =>
    a.type === 'votes' ? `${a.kind} votes of weight ${a.missingWeight}` : a.type,
  )
  parts.push(`view ${replica.view}, phase ${replica.phase}, leader ${replica.leader}`)
  if (awaits.length > 0) parts.push(`it waits for ${awaits.join(', ')}`)
  if (replica.silent.length > 0)
    parts.push(`nothing came from validators ${replica.silent.join(', ')}`)
  return parts.join('; ')
}
