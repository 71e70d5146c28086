import type { Hash32 } from '@zkstack/crypto'
import type { ChonkyState } from './state.js'
import { verifiedSigners, weightOf } from './vote-tally.js'
import type { VoteGroup } from './vote-tally.js'

/** Votes of one group in the current view. Unverified ones are hearsay: nobody has looked at their signatures. */
export interface VoteCount {
  readonly verified: readonly number[]
  readonly unverified: readonly number[]
  readonly verifiedWeight: bigint
  readonly unverifiedWeight: bigint
}

/** Commit votes of the current view for one block. */
export interface CommitCount extends VoteCount {
  readonly number: bigint
  readonly payload: Hash32
}

/** What the replica waits for; several may hold at once. */
export type Awaited =
  /** The proposal of the view's leader. */
  | { readonly type: 'proposal'; readonly leader: number }
  /** Block `number` on disk and applied, before we can vote for, or propose, the one above it. */
  | { readonly type: 'previousBlock'; readonly number: bigint }
  /** The execution layer's verdict on the payload of block `number`. */
  | { readonly type: 'payloadVerdict'; readonly number: bigint }
  /** The execution layer's payload for block `number`, which is ours to propose. */
  | { readonly type: 'payload'; readonly number: bigint }
  /** Votes, verified or not, that a quorum still lacks; 0 when the rest is a matter of checking. */
  | {
      readonly type: 'votes'
      readonly kind: 'commit' | 'timeout'
      readonly missingWeight: bigint
    }
  /** Answers of the verifier. */
  | { readonly type: 'checks'; readonly count: number }

/** The answer to "why is it stuck?" for one replica: plain data, validators by index. */
export interface Diagnosis {
  readonly epoch: bigint
  readonly view: bigint
  readonly phase: 'prepare' | 'commit' | 'timeout'
  readonly self: number
  readonly leader: number
  /** When the view times out, or times out again; monotonic milliseconds. */
  readonly deadline: number
  readonly totalWeight: bigint
  readonly quorum: bigint
  readonly highVote: { readonly view: bigint; readonly number: bigint } | undefined
  readonly highCommitQc: { readonly view: bigint; readonly number: bigint } | undefined
  readonly highTimeoutQc: { readonly view: bigint } | undefined
  /** The lowest block that is not on disk and applied yet. */
  readonly nextBlock: bigint
  /** One entry a block that somebody voted for in this view, heaviest first. */
  readonly commits: readonly CommitCount[]
  readonly timeouts: VoteCount
  /** Others of whom no vote of this view or a later one came. */
  readonly silent: readonly number[]
  /** Others who voted in a later view: we are behind them. */
  readonly ahead: readonly number[]
  /** Validators that failed a check since the epoch or the process began. */
  readonly blamed: readonly number[]
  readonly awaits: readonly Awaited[]
}

/** Describes a state; pure, linear in the votes held. */
export function diagnose(state: ChonkyState): Diagnosis {
  const { schedule, epoch } = state.config.scope
  const commits = commitsOf(state)
  const timeouts = countOf(state, state.votes.timeout.buckets.get(state.view)?.[0])
  const { highVote, highCommitQc, highTimeoutQc } = state
  return {
    epoch,
    view: state.view,
    phase: state.phase,
    self: state.config.self,
    leader: schedule.leaderAt(state.view),
    deadline: state.deadline,
    totalWeight: schedule.totalWeight,
    quorum: schedule.quorum,
    highVote: highVote && { view: highVote.view.number, number: highVote.proposal.number },
    highCommitQc: highCommitQc && {
      view: highCommitQc.message.view.number,
      number: highCommitQc.message.proposal.number,
    },
    highTimeoutQc: highTimeoutQc && { view: highTimeoutQc.view.number },
    nextBlock: state.nextBlock,
    commits,
    timeouts,
    ...participation(state),
    blamed: [...state.blamed].sort((a, b) => a - b),
    awaits: awaitsOf(state, commits, timeouts),
  }
}

function countOf(state: ChonkyState, group: VoteGroup | undefined): VoteCount {
  const { schedule } = state.config.scope
  if (group === undefined) {
    return { verified: [], unverified: [], verifiedWeight: 0n, unverifiedWeight: 0n }
  }
  const verified = verifiedSigners(group).toSorted((a, b) => a - b)
  const known = new Set(verified)
  const unverified = group.votes
    .map((vote) => vote.author)
    .filter((author) => !known.has(author))
    .sort((a, b) => a - b)
  return {
    verified,
    unverified,
    verifiedWeight: weightOf(schedule, verified),
    unverifiedWeight: weightOf(schedule, unverified),
  }
}

function totalOf(count: VoteCount): bigint {
  return count.verifiedWeight + count.unverifiedWeight
}

function commitsOf(state: ChonkyState): readonly CommitCount[] {
  const counts: CommitCount[] = []
  for (const group of state.votes.commit.buckets.get(state.view) ?? []) {
    const message = group.votes[0]?.message
    if (message === undefined || !('proposal' in message)) continue
    counts.push({ ...message.proposal, ...countOf(state, group) })
  }
  return counts.sort((a, b) => Number(totalOf(b) - totalOf(a)))
}

function participation(state: ChonkyState): Pick<Diagnosis, 'silent' | 'ahead'> {
  const silent: number[] = []
  const ahead: number[] = []
  for (let author = 0; author < state.config.scope.schedule.length; author += 1) {
    if (author === state.config.self) continue
    const commit = state.votes.commit.latest[author] ?? -1n
    const timeout = state.votes.timeout.latest[author] ?? -1n
    const latest = commit > timeout ? commit : timeout
    if (latest < state.view) silent.push(author)
    else if (latest > state.view) ahead.push(author)
  }
  return { silent, ahead }
}

function awaitsOf(
  state: ChonkyState,
  commits: readonly CommitCount[],
  timeouts: VoteCount,
): readonly Awaited[] {
  const { schedule } = state.config.scope
  const awaits: Awaited[] = []
  const { pendingProposal, proposer } = state
  if (proposer?.step === 'previousBlock') {
    awaits.push({ type: 'previousBlock', number: proposer.number - 1n })
  } else if (proposer?.step === 'payload') {
    awaits.push({ type: 'payload', number: proposer.number })
  }
  if (pendingProposal?.waitsFor === 'previousBlock') {
    awaits.push({ type: 'previousBlock', number: pendingProposal.number - 1n })
  } else if (pendingProposal?.waitsFor === 'verdict') {
    awaits.push({ type: 'payloadVerdict', number: pendingProposal.number })
  } else if (state.phase === 'prepare') {
    awaits.push({ type: 'proposal', leader: schedule.leaderAt(state.view) })
  }
  if (state.phase === 'commit') {
    const best = commits[0]
    awaits.push(missing('commit', schedule.quorum, best === undefined ? 0n : totalOf(best)))
  } else if (state.phase === 'timeout') {
    awaits.push(missing('timeout', schedule.quorum, totalOf(timeouts)))
  }
  if (state.checks.size > 0) awaits.push({ type: 'checks', count: state.checks.size })
  return awaits
}

function missing(kind: 'commit' | 'timeout', quorum: bigint, weight: bigint): Awaited {
  return { type: 'votes', kind, missingWeight: weight >= quorum ? 0n : quorum - weight }
}
