import { bytesEqual, toHex } from '@zkstack/crypto'
import { formatValidatorPublicKey, type Genesis, type NodeSnapshot } from '@zkstack/executor'

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
  readonly quorum: string
  readonly totalWeight: string
  /** Weight of the members that are connected, this node included. */
  readonly connectedWeight: string
}

/** Joins the genesis' committee with what a node knows of it; empty for a genesis without one. */
export function committeeOf(genesis: Genesis, snapshot: NodeSnapshot): CommitteeView {
  const { schedule } = genesis
  if (schedule === undefined) {
    return { members: [], quorum: '0', totalWeight: '0', connectedWeight: '0' }
  }
  const { replica } = snapshot
  const self = schedule.validators[replica?.self ?? -1]?.key
  const peers = new Map(snapshot.peers.map((peer) => [peer.carrier, peer]))
  const members = schedule.validators.map(({ key, weight }, index): CommitteeMember => {
    const isSelf = self !== undefined && bytesEqual(self, key)
    const peer = peers.get(toHex(key))
    return {
      index,
      key: formatValidatorPublicKey(key, genesis.scheme),
      weight: weight.toString(),
      isSelf,
      isLeader: replica?.leader === index,
      connected: isSelf || peer !== undefined,
      rttMs: peer?.rttMs,
      vote: voteOf(replica, index),
      blamed: replica?.blamed.includes(index) ?? false,
    }
  })
  const connected = members.filter((member) => member.connected)
  return {
    members,
    quorum: schedule.quorum.toString(),
    totalWeight: schedule.totalWeight.toString(),
    connectedWeight: connected.reduce((sum, m) => sum + BigInt(m.weight), 0n).toString(),
  }
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
