import { hashMsg, qcKey, sortTimeoutQcEntries } from '@zkstack/roles'
import type { CommitQC, ReplicaCommit, ReplicaTimeout, TimeoutQC } from '@zkstack/roles'
import { blame } from './blame.js'
import type { VotesCheck, VotesCheckResult } from './check.js'
import { commitOf, noteCommitAndTimeout, timeoutOf } from './conflict.js'
import { processCommitQc, processTimeoutQc } from './justification.js'
import type { Arrival } from './state.js'
import type { Turn } from './turn.js'
import { enterJustifiedView } from './view-change.js'
import {
  aggregateOf,
  authorsOf,
  checkableVotes,
  findCheckedGroup,
  mergeSets,
  messagesOf,
  signersOf,
  storeVote,
  verifiedSigners,
  weightOf,
  withGroup,
} from './vote-tally.js'
import type { StoredVote, VoteGroup, VoteKind } from './vote-tally.js'

/** A vote that passed every check that needs no signature. */
export interface AcceptableVote {
  readonly kind: VoteKind
  readonly author: number
  readonly message: ReplicaCommit | ReplicaTimeout
}

/**
 * Stores a vote unverified and checks its group if that could complete a quorum (rules 6 to 8).
 *
 * @see docs/spec/chonky.md V8, D1
 */
export function acceptVote(turn: Turn, arrival: Arrival, vote: AcceptableVote): void {
  const { kind, author, message } = vote
  const view = message.view.number
  const hash = hashMsg(arrival.message.msg)
  const stored: StoredVote = { author, hash, message, signed: arrival.message }
  const { tally, group } = storeVote(turn.state.votes[kind], kind, view, stored)
  turn.update({ votes: { ...turn.state.votes, [kind]: tally } })
  noteCommitAndTimeout(turn, author)
  triggerCheck(turn, kind, view, group)
}

/** Starts the check of a group iff rule 8 allows it. */
function triggerCheck(turn: Turn, kind: VoteKind, view: bigint, index: number): void {
  const tally = turn.state.votes[kind]
  const group = tally.buckets.get(view)?.[index]
  if (group === undefined || group.check !== undefined) return
  const { quorum } = turn.schedule
  if (weightOf(turn.schedule, authorsOf(group)) < quorum) return
  const unchecked = checkableVotes(group, turn.schedule)
  const authors = [...verifiedSigners(group), ...unchecked.map((vote) => vote.author)]
  if (unchecked.length === 0 || weightOf(turn.schedule, authors) < quorum) return
  const id = turn.state.nextCheckId
  const check: VotesCheck = {
    type: 'votes',
    votes: unchecked.map(({ author, hash, signed }) => ({ author, hash, sig: signed.sig })),
    embedded: kind === 'timeout' ? embeddedQcs(turn, unchecked) : [],
  }
  turn.update({
    nextCheckId: id + 1,
    checks: new Map(turn.state.checks).set(id, { id, check, of: 'votes', kind, view }),
    votes: {
      ...turn.state.votes,
      [kind]: withGroup(tally, view, index, { ...group, check: id }),
    },
  })
  turn.emit({ type: 'verify', id, check })
}

function embeddedQcs(turn: Turn, votes: readonly StoredVote[]): VotesCheck['embedded'] {
  const distinct = new Map<string, { qc: CommitQC; authors: number[] }>()
  for (const vote of votes) {
    const qc = timeoutOf(vote).highQc
    if (qc === undefined) continue
    const key = qcKey(qc, turn.state.config.scope)
    const entry = distinct.get(key)
    if (entry === undefined) distinct.set(key, { qc, authors: [vote.author] })
    else entry.authors.push(vote.author)
  }
  return [...distinct.values()]
}

/**
 * Applies what a check of a group found, while its bucket lives (rules 9 to 13).
 *
 * @see docs/spec/chonky.md V8
 */
export function onVotesVerified(
  turn: Turn,
  id: number,
  kind: VoteKind,
  result: VotesCheckResult,
): void {
  const found = findCheckedGroup(turn.state.votes[kind], id)
  if (found === undefined) return
  const bad = new Set([...result.failed, ...result.failedQc])
  const remaining = found.group.votes.filter((vote) => !bad.has(vote.author))
  const group = mergeSets(
    { ...found.group, votes: remaining, check: undefined },
    result.passed,
    turn.schedule,
  )
  const tally = withGroup(turn.state.votes[kind], found.view, found.index, group)
  turn.update({ votes: { ...turn.state.votes, [kind]: tally } })
  const label = kind === 'commit' ? 'ReplicaCommitV2' : 'ReplicaTimeoutV2'
  for (const author of bad) {
    if (author === turn.state.config.self) {
      turn.emit({ type: 'halt', code: 'OWN_VOTE_INVALID' })
      return
    }
    const embedded = result.failedQc.includes(author)
    blame(turn, author, label, embedded ? 'INVALID_EMBEDDED_QC' : 'INVALID_SIGNATURE')
  }
  if (weightOf(turn.schedule, verifiedSigners(group)) < turn.schedule.quorum) {
    triggerCheck(turn, kind, found.view, found.index)
  } else if (kind === 'commit') {
    finishCommit(turn, group)
  } else {
    finishTimeout(turn, group)
  }
}

/** Only verified votes of quorum weight come here (rule 12). */
function finishCommit(turn: Turn, group: VoteGroup): void {
  const first = group.votes[0]
  if (first === undefined) return
  const message = commitOf(first)
  const signers = signersOf(turn.schedule, verifiedSigners(group))
  const qc: CommitQC = { message, signers, signature: aggregateOf(group, turn.schedule) }
  turn.emit({ type: 'qcFormed', qc })
  processCommitQc(turn, qc)
  enterJustifiedView(turn)
}

function finishTimeout(turn: Turn, group: VoteGroup): void {
  const first = group.votes[0]
  if (first === undefined) return
  const { view } = timeoutOf(first)
  const entries = messagesOf(group, new Set(verifiedSigners(group))).map(({ vote, authors }) => ({
    message: timeoutOf(vote),
    signers: signersOf(turn.schedule, authors),
  }))
  const qc: TimeoutQC = {
    view,
    entries: sortTimeoutQcEntries(entries),
    signature: aggregateOf(group, turn.schedule),
  }
  turn.emit({ type: 'qcFormed', qc })
  processTimeoutQc(turn, qc)
  enterJustifiedView(turn)
}
