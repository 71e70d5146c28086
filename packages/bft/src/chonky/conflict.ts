import { bytesEqual } from '@zkstack/crypto'
import { conflictOf, viewOf } from '@zkstack/roles'
import type { ConflictKind, ReplicaCommit, ReplicaTimeout, Signed } from '@zkstack/roles'
import { isFirstHand } from './blame.js'
import type { Arrival } from './state.js'
import { findVote } from './vote-tally.js'
import type { StoredVote, VoteKind } from './vote-tally.js'
import type { Turn } from './turn.js'

/**
 * Compares a message with an earlier one of the same author, kept, that it may contradict (rule 16). The signatures of both
 * may still be unverified.
 */
export function noteContradiction(turn: Turn, arrival: Arrival, earlier: Signed | undefined): void {
  const { author, message } = arrival
  if (earlier === undefined || author === undefined || !isFirstHand(arrival)) return
  if (bytesEqual(earlier.sig, message.sig) || !bytesEqual(earlier.key, message.key)) return
  // Proposals are compared by their hashes, and may be large.
  const isProposal = message.msg.type === 'leaderProposal'
  if (isProposal && !isDue(turn, 'TWO_PROPOSALS', author, viewOf(message.msg).number)) return
  checkConflict(turn, author, earlier, message)
}

/** The same with the vote of that kind that the author cast before in the view of the message, if it is still stored. */
export function noteSecondVote(turn: Turn, arrival: Arrival, kind: VoteKind): void {
  if (arrival.author === undefined) return
  const view = viewOf(arrival.message.msg).number
  noteContradiction(turn, arrival, findVote(turn.state.votes[kind], view, arrival.author)?.signed)
}

/** A commit of view v, and a timeout of view v or later of the same author that denies it. */
export function noteCommitAndTimeout(turn: Turn, author: number): void {
  const { commit, timeout } = turn.state.votes
  for (const view of commit.buckets.keys()) {
    const vote = findVote(commit, view, author)
    if (vote === undefined) continue
    for (const later of timeout.buckets.keys()) {
      const denial = findVote(timeout, later, author)
      if (denial !== undefined) checkConflict(turn, author, vote.signed, denial.signed)
    }
  }
}

/**
 * Sends a contradicting pair away to be checked: each (kind, author, view) once, and each (kind, author) at most once a view
 * timeout, so that contradictions made by the thousand cost next to nothing.
 */
function checkConflict(turn: Turn, author: number, first: Signed, second: Signed): void {
  const kind = conflictOf(first.msg, second.msg)
  if (kind === undefined) return
  const view = viewOf(first.msg).number
  const { config, conflicts, nextCheckId: id } = turn.state
  if (author === config.self || !isDue(turn, kind, author, view)) return
  const check = { type: 'conflict', first, second } as const
  const until = turn.now + config.viewTimeoutMs
  turn.update({
    nextCheckId: id + 1,
    conflicts: new Map(conflicts).set(conflictKey(kind, author), { view, until }),
    checks: new Map(turn.state.checks).set(id, { id, check, of: 'conflict', author, kind, view }),
  })
  turn.emit({ type: 'verify', id, check })
}

function isDue(turn: Turn, kind: ConflictKind, author: number, view: bigint): boolean {
  const last = turn.state.conflicts.get(conflictKey(kind, author))
  return last === undefined || (last.view !== view && turn.now >= last.until)
}

function conflictKey(kind: ConflictKind, author: number): string {
  return `${kind}/${author}`
}

/** The message of a vote stored in a commit tally. */
export function commitOf(vote: StoredVote): ReplicaCommit {
  if ('proposal' in vote.message) return vote.message
  throw new TypeError('a timeout vote in the commit tally')
}

/** The message of a vote stored in a timeout tally. */
export function timeoutOf(vote: StoredVote): ReplicaTimeout {
  if ('proposal' in vote.message) throw new TypeError('a commit vote in the timeout tally')
  return vote.message
}
