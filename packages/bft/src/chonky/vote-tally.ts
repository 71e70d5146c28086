import { bytesEqual } from '@zkstack/crypto'
import type { Hash32 } from '@zkstack/crypto'
import { Signers } from '@zkstack/roles'
import type { ReplicaCommit, ReplicaTimeout, Schedule, Signed } from '@zkstack/roles'
import type { PassingSet } from './check.js'

/** The two kinds of votes; everything that is counted is counted per kind. */
export type VoteKind = 'commit' | 'timeout'

/** A vote as it arrived, with the hash of its message. */
export interface StoredVote {
  readonly author: number
  readonly hash: Hash32
  readonly message: ReplicaCommit | ReplicaTimeout
  readonly signed: Signed
}

/**
 * Votes that are checked together: those for one commit message, or all timeouts of one view.
 *
 * `verified` sets were each checked as a whole and are disjoint (rule 11).
 */
export interface VoteGroup {
  readonly votes: readonly StoredVote[]
  readonly verified: readonly PassingSet[]
  /** Id of the outstanding check, at most one a group (rule 8). */
  readonly check: number | undefined
}

/** All votes of one kind and view. A commit bucket has one group a message, a timeout bucket exactly one group. */
export type Bucket = readonly VoteGroup[]

/** Everything that is remembered of one kind of votes. Bounded: n buckets of at most n votes (rule 7). */
export interface VoteTally {
  /** Highest view in which each validator voted; −1 before its first vote. */
  readonly latest: readonly bigint[]
  readonly buckets: ReadonlyMap<bigint, Bucket>
}

/** A tally without votes, for a schedule of `validators`. */
export function emptyTally(validators: number): VoteTally {
  return { latest: Array.from({ length: validators }, () => -1n), buckets: new Map() }
}

const emptyGroup: VoteGroup = { votes: [], verified: [], check: undefined }

/** Stores a vote and moves its author's latest view (rule 6), then prunes (rule 7). */
export function storeVote(
  tally: VoteTally,
  kind: VoteKind,
  view: bigint,
  vote: StoredVote,
): { readonly tally: VoteTally; readonly group: number } {
  const bucket = tally.buckets.get(view) ?? []
  const found = kind === 'timeout' ? 0 : bucket.findIndex((group) => holdsMessage(group, vote.hash))
  const group = found === -1 ? bucket.length : found
  const next = bucket.slice()
  const before = bucket[group] ?? emptyGroup
  next[group] = { ...before, votes: [...before.votes, vote] }
  const latest = tally.latest.slice()
  latest[vote.author] = view
  const buckets = new Map(tally.buckets)
  buckets.set(view, next)
  for (const other of buckets.keys()) if (!latest.includes(other)) buckets.delete(other)
  return { tally: { latest, buckets }, group }
}

function holdsMessage(group: VoteGroup, hash: Hash32): boolean {
  const first = group.votes[0]
  return first !== undefined && bytesEqual(first.hash, hash)
}

/** Drops every bucket below `view` (rule 7). */
export function pruneTally(tally: VoteTally, view: bigint): VoteTally {
  const buckets = new Map(tally.buckets)
  for (const other of buckets.keys()) if (other < view) buckets.delete(other)
  return { latest: tally.latest, buckets }
}

/** Replaces one group; an empty group stays, so that the places of the others do not move. */
export function withGroup(
  tally: VoteTally,
  view: bigint,
  group: number,
  value: VoteGroup,
): VoteTally {
  const bucket = (tally.buckets.get(view) ?? []).slice()
  bucket[group] = value
  return { latest: tally.latest, buckets: new Map(tally.buckets).set(view, bucket) }
}

/** The group whose outstanding check has this id, if its bucket still exists (rule 13). */
export function findCheckedGroup(
  tally: VoteTally,
  check: number,
): { readonly view: bigint; readonly index: number; readonly group: VoteGroup } | undefined {
  for (const [view, bucket] of tally.buckets) {
    const index = bucket.findIndex((group) => group.check === check)
    const group = bucket[index]
    if (group !== undefined) return { view, index, group }
  }
  return undefined
}

/** The vote of one author in one view, if its bucket lives. */
export function findVote(tally: VoteTally, view: bigint, author: number): StoredVote | undefined {
  for (const group of tally.buckets.get(view) ?? []) {
    const vote = group.votes.find((candidate) => candidate.author === author)
    if (vote !== undefined) return vote
  }
  return undefined
}

/** Indices of the verified votes of a group. */
export function verifiedSigners(group: VoteGroup): readonly number[] {
  return group.verified.flatMap((set) => set.signers)
}

/**
 * The votes that a next check of a group is about: the unverified ones, without those for a message whose keys, verified
 * and unverified together, sum to infinity (rule 11). An honest key is never part of such a sum: whoever completed it
 * could not prove possession of the rest.
 */
export function checkableVotes(group: VoteGroup, schedule: Schedule): readonly StoredVote[] {
  const left = new Set(verifiedSigners(group))
  for (const { authors } of messagesOf(group, new Set(authorsOf(group)))) {
    if (sumToInfinity(authors, schedule)) for (const author of authors) left.add(author)
  }
  return group.votes.filter((vote) => !left.has(vote.author))
}

/** Everybody who voted in a group, verified or not. */
export function authorsOf(group: VoteGroup): readonly number[] {
  return group.votes.map((vote) => vote.author)
}

/** Sum of the weights of validators given by index. */
export function weightOf(schedule: Schedule, indices: Iterable<number>): bigint {
  let weight = 0n
  for (const index of indices) weight += schedule.at(index)?.weight ?? 0n
  return weight
}

/**
 * Merges passing sets into the verified ones, each whole. One that would make the keys of a message sum to infinity is
 * dissolved: its votes for that message are dropped, since no honest key is among them, and a next check takes the others
 * (rule 11). So each check brings a set in or leaves fewer votes to check.
 */
export function mergeSets(
  group: VoteGroup,
  passed: readonly PassingSet[],
  schedule: Schedule,
): VoteGroup {
  let { votes, verified } = group
  for (const set of passed) {
    const joined = [...verified, set]
    const signers = new Set(joined.flatMap((part) => part.signers))
    const vanishing = messagesOf(group, signers)
      .filter(({ authors }) => sumToInfinity(authors, schedule))
      .flatMap(({ authors }) => authors.filter((author) => set.signers.includes(author)))
    if (vanishing.length === 0) verified = joined
    else votes = votes.filter((vote) => !vanishing.includes(vote.author))
  }
  return { ...group, votes, verified }
}

function sumToInfinity(authors: readonly number[], schedule: Schedule): boolean {
  const keys = authors.flatMap((author) => schedule.at(author)?.handle ?? [])
  return keys.length > 1 && schedule.scheme.keysSumToInfinity(keys)
}

/** The distinct messages that the given authors signed in a group, each with its authors in ascending order. */
export function messagesOf(
  group: VoteGroup,
  authors: ReadonlySet<number>,
): readonly { readonly vote: StoredVote; readonly authors: readonly number[] }[] {
  const found: { vote: StoredVote; authors: number[] }[] = []
  for (const vote of group.votes) {
    if (!authors.has(vote.author)) continue
    const same = found.find((entry) => bytesEqual(entry.vote.hash, vote.hash))
    if (same === undefined) found.push({ vote, authors: [vote.author] })
    else same.authors.push(vote.author)
  }
  for (const entry of found) entry.authors.sort((a, b) => a - b)
  return found
}

/** The aggregate over all verified sets of a group: reused when one set is all, summed anew from the votes otherwise. */
export function aggregateOf(group: VoteGroup, schedule: Schedule): Uint8Array {
  const [first, ...others] = group.verified
  if (first !== undefined && others.length === 0) return first.aggregate
  const signers = new Set(verifiedSigners(group))
  const parts = group.votes
    .filter((vote) => signers.has(vote.author))
    .map((vote) => ({ index: vote.author, signature: vote.signed.sig }))
    .sort((a, b) => a.index - b.index)
  const aggregate = schedule.scheme.aggregate(parts)
  if (aggregate === undefined) throw new TypeError('verified signatures do not aggregate')
  return aggregate
}

/** Bitmap over the schedule with the given indices set. */
export function signersOf(schedule: Schedule, indices: readonly number[]): Signers {
  return Signers.of(schedule.length, indices)
}
