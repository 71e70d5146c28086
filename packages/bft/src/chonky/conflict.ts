import { bytesEqual } from '@zkstack/crypto'
import type { ReplicaCommit, ReplicaTimeout, Signed } from '@zkstack/roles'
import { hashMsg, sameReplicaCommit } from '@zkstack/roles'
import { isFirstHand } from './blame.js'
import type { ConflictKind } from './effect.js'
import type { Arrival } from './state.js'
import { findVote } from './vote-tally.js'
import type { StoredVote } from './vote-tally.js'
import type { Turn } from './turn.js'

interface Conflict {
  readonly kind: ConflictKind
  readonly author: number
  readonly view: bigint
  readonly first: Signed
  readonly second: Signed
}

/** Looks for a vote of the same author and view, already stored, that a second one contradicts (rule 16). */
export function noteSecondCommit(turn: Turn, arrival: Arrival, message: ReplicaCommit): void {
  if (!isFirstHand(arrival) || arrival.author === undefined) return
  const view = message.view.number
  const stored = findVote(turn.state.votes.commit, view, arrival.author)
  if (stored === undefined || sameReplicaCommit(commitOf(stored), message)) return
  checkConflict(turn, {
    kind: 'TWO_COMMITS',
    author: arrival.author,
    view,
    first: stored.signed,
    second: arrival.message,
  })
}

/** The same for timeouts, which conflict when their high votes differ; differing high QCs are no fault. */
export function noteSecondTimeout(turn: Turn, arrival: Arrival, message: ReplicaTimeout): void {
  if (!isFirstHand(arrival) || arrival.author === undefined) return
  const view = message.view.number
  const stored = findVote(turn.state.votes.timeout, view, arrival.author)
  if (stored === undefined || sameVote(timeoutOf(stored).highVote, message.highVote)) return
  checkConflict(turn, {
    kind: 'TWO_TIMEOUTS',
    author: arrival.author,
    view,
    first: stored.signed,
    second: arrival.message,
  })
}

/** A second proposal of the current view that says something else than the first. */
export function noteSecondProposal(turn: Turn, arrival: Arrival, view: bigint): void {
  const first = turn.state.seenProposal
  if (first === undefined || view !== turn.state.view || !isFirstHand(arrival)) return
  if (arrival.author === undefined || bytesEqual(first.sig, arrival.message.sig)) return
  // Where a scheme signs by chance, one message may bear two signatures.
  if (bytesEqual(hashMsg(first.msg), hashMsg(arrival.message.msg))) return
  checkConflict(turn, {
    kind: 'TWO_PROPOSALS',
    author: arrival.author,
    view,
    first,
    second: arrival.message,
  })
}

/** A commit of view v, and a timeout of view v or later of the same author that denies it. */
export function noteCommitAndTimeout(turn: Turn, author: number): void {
  const { commit, timeout } = turn.state.votes
  for (const view of commit.buckets.keys()) {
    const vote = findVote(commit, view, author)
    if (vote === undefined) continue
    for (const later of timeout.buckets.keys()) {
      const denial = later < view ? undefined : findVote(timeout, later, author)
      if (denial === undefined || !denies(timeoutOf(denial).highVote, commitOf(vote))) continue
      checkConflict(turn, {
        kind: 'COMMIT_AND_TIMEOUT',
        author,
        view,
        first: vote.signed,
        second: denial.signed,
      })
    }
  }
}

function denies(highVote: ReplicaCommit | undefined, commit: ReplicaCommit): boolean {
  if (highVote === undefined || highVote.view.number < commit.view.number) return true
  return highVote.view.number === commit.view.number && !sameReplicaCommit(highVote, commit)
}

/**
 * Sends a pair away to be checked: each (kind, author, view) once, and each (kind, author) at most once a view timeout, so
 * that contradictions made by the thousand cost next to nothing.
 */
function checkConflict(turn: Turn, conflict: Conflict): void {
  const { kind, author, view, first, second } = conflict
  const { config, conflicts, nextCheckId: id } = turn.state
  const key = `${kind}/${author}`
  const last = conflicts.get(key)
  if (author === config.self) return
  if (last !== undefined && (last.view === view || turn.now < last.until)) return
  const check = { type: 'conflict', first, second } as const
  const until = turn.now + config.viewTimeoutMs
  turn.update({
    nextCheckId: id + 1,
    conflicts: new Map(conflicts).set(key, { view, until }),
    checks: new Map(turn.state.checks).set(id, { id, check, of: 'conflict', author, kind, view }),
  })
  turn.emit({ type: 'verify', id, check })
}

function sameVote(a: ReplicaCommit | undefined, b: ReplicaCommit | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameReplicaCommit(a, b)
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
