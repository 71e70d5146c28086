import type { NodeSnapshot } from '@zkstack/executor'

/**
 * What a validator did in the replica's view: `committed` and `timedOut` are votes whose signature was checked, `unchecked` is a
 * vote that nobody has checked yet, `ahead` votes in a later view, `silent` did nothing; `unknown` on a full node.
 */
export type VoteState = 'committed' | 'timedOut' | 'unchecked' | 'ahead' | 'silent' | 'unknown'

/** A validator as this node sees it. */
export interface CommitteeMember {
  readonly index: number
  /** Text form of the key. */
  readonly key: string
  /** Decimal. */
  readonly weight: string
  readonly isSelf: boolean
  readonly isLeader: boolean
  /** Whether a connection with this key proven is open; true for this node itself. */
  readonly connected: boolean
  readonly rttMs: number | undefined
  readonly vote: VoteState
  /** Whether it failed a check since the process began. */
  readonly blamed: boolean
}

/** The committee, and how much of it this node can reach. Weights are decimal. */
export interface CommitteeView {
  readonly members: readonly CommitteeMember[]
  /** Undefined on a full node, which needs none. */
  readonly quorum: string | undefined
  readonly totalWeight: string
  /** Weight of the members that are connected, this node included. */
  readonly connectedWeight: string
}

/** Joins the committee of the present epoch with what a node knows of its members. */
export function committeeOf(snapshot: NodeSnapshot): CommitteeView {
  const { replica } = snapshot
  const peers = new Map(snapshot.peers.map((peer) => [peer.carrier, peer]))
  const members = snapshot.committee.map(({ key, weight }, index): CommitteeMember => {
    const isSelf = replica?.self === index
    const peer = peers.get(key.slice(key.lastIndexOf(':') + 1))
    return {
      index,
      key,
      weight,
      isSelf,
      isLeader: replica?.leader === index,
      connected: isSelf || peer !== undefined,
      rttMs: peer?.rttMs,
      vote: voteOf(replica, index),
      blamed: replica?.blamed.includes(index) ?? false,
    }
  })
  return {
    members,
    quorum: replica?.quorum,
    totalWeight: weightOf(members),
    connectedWeight: weightOf(members.filter(({ connected }) => connected)),
  }
}

function weightOf(members: readonly CommitteeMember[]): string {
  return members.reduce((sum, { weight }) => sum + BigInt(weight), 0n).toString()
}

function voteOf(replica: NodeSnapshot['replica'], index: number): VoteState {
  if (replica === undefined) return 'unknown'
  if (replica.ahead.includes(index)) return 'ahead'
  if (replica.timeouts.verified.includes(index)) return 'timedOut'
  if (replica.commits.some(({ verified }) => verified.includes(index))) return 'committed'
  const unchecked = [replica.timeouts, ...replica.commits]
  if (unchecked.some(({ unverified }) => unverified.includes(index))) return 'unchecked'
  return 'silent'
}
