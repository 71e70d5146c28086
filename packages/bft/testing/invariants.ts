import { bytesEqual, toHex } from '@zkstack/crypto'
import { hashMsg, sameReplicaCommit, viewOf } from '@zkstack/roles'
import type { ReplicaCommit, ReplicaTimeout, Signed } from '@zkstack/roles'

/** A block that some node took for final. */
export interface FinalizedBlock {
  readonly node: number
  readonly number: bigint
  readonly payload: Uint8Array
}

/** Two nodes that took different blocks for final, described; `undefined` when there are none. */
export function findDisagreement(finalized: readonly FinalizedBlock[]): string | undefined {
  const first = new Map<bigint, FinalizedBlock>()
  for (const block of finalized) {
    const other = first.get(block.number)
    if (other === undefined) first.set(block.number, block)
    else if (!bytesEqual(other.payload, block.payload)) {
      return `nodes ${other.node} and ${block.node} disagree on block ${block.number}`
    }
  }
  return undefined
}

/**
 * A pair of messages of one key that no honest replica signs (rule 16), described; `undefined` when there is none. The
 * messages are those of one epoch.
 */
export function findDoubleVote(sent: readonly Signed[]): string | undefined {
  const byKey = new Map<string, Signed[]>()
  for (const message of sent) {
    const key = toHex(message.key)
    const messages = byKey.get(key)
    if (messages === undefined) byKey.set(key, [message])
    else messages.push(message)
  }
  for (const messages of byKey.values()) {
    const found = findContradiction(messages)
    if (found !== undefined) return found
  }
  return undefined
}

function findContradiction(messages: readonly Signed[]): string | undefined {
  const commits = new Map<bigint, ReplicaCommit>()
  const proposals = new Map<bigint, Signed>()
  const timeouts = new Map<bigint, ReplicaTimeout>()
  for (const signed of messages) {
    const view = viewOf(signed.msg).number
    if (signed.msg.type === 'replicaCommit') {
      const other = commits.get(view)
      if (other !== undefined && !sameReplicaCommit(other, signed.msg.value)) {
        return `two commits in view ${view}`
      }
      commits.set(view, signed.msg.value)
    } else if (signed.msg.type === 'leaderProposal') {
      const other = proposals.get(view)
      if (other !== undefined && !bytesEqual(hashMsg(other.msg), hashMsg(signed.msg))) {
        return `two proposals in view ${view}`
      }
      proposals.set(view, signed)
    } else if (signed.msg.type === 'replicaTimeout') {
      const other = timeouts.get(view)
      if (other !== undefined && !sameVote(other.highVote, signed.msg.value.highVote)) {
        return `two high votes in the timeouts of view ${view}`
      }
      timeouts.set(view, signed.msg.value)
    }
  }
  return findDenial(commits, timeouts)
}

function findDenial(
  commits: ReadonlyMap<bigint, ReplicaCommit>,
  timeouts: ReadonlyMap<bigint, ReplicaTimeout>,
): string | undefined {
  for (const [view, commit] of commits) {
    for (const [later, { highVote }] of timeouts) {
      if (later < view) continue
      const voted = highVote?.view.number ?? -1n
      const denied = voted < view || (voted === view && !sameVote(highVote, commit))
      if (denied) return `the timeout of view ${later} denies the commit of view ${view}`
    }
  }
  return undefined
}

function sameVote(a: ReplicaCommit | undefined, b: ReplicaCommit | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameReplicaCommit(a, b)
}
