import type { AggregateCheck, SignatureScheme } from '@zkstack/crypto'
import type { Schedule } from '@zkstack/roles'
import type { PassingSet, VoteToCheck } from '../chonky/check.js'

/** What checking a set of votes found: disjoint passing sets, and the authors that failed alone. */
export interface BisectResult {
  readonly passed: readonly PassingSet[]
  readonly failed: readonly number[]
}

/**
 * Checks votes. It yields every signature check and resumes with the verdict, so that the caller can let others run, or have it
 * done in another thread (rule 10).
 *
 * Where a scheme sums keys, the set is checked at once; when it fails and has two votes or more, both halves are checked,
 * whatever the first one gave: of k votes with b bad ones, at most min(1 + 2b⌈log2 k⌉, 2k − 1) checks. Where a scheme does
 * not, each vote is checked alone.
 */
export function* bisect(
  votes: readonly VoteToCheck[],
  schedule: Schedule,
): Generator<AggregateCheck, BisectResult, boolean> {
  const sorted = votes.toSorted((a, b) => a.author - b.author)
  const found: Found = { passed: [], failed: [] }
  if (sorted.length === 0) return found
  if (schedule.scheme.needsProofOfPossession) yield* halve(sorted, schedule, found)
  else yield* checkEach(sorted, schedule, found)
  return found
}

interface Found {
  readonly passed: PassingSet[]
  readonly failed: number[]
}

function* halve(
  votes: readonly VoteToCheck[],
  schedule: Schedule,
  found: Found,
): Generator<AggregateCheck, void, boolean> {
  const aggregate = yield* checkTogether(votes, schedule)
  const [first, second] = votes
  if (aggregate !== undefined) {
    found.passed.push({ signers: votes.map((vote) => vote.author), aggregate })
  } else if (first !== undefined && second === undefined) {
    found.failed.push(first.author)
  } else {
    const middle = votes.length >>> 1
    yield* halve(votes.slice(0, middle), schedule, found)
    yield* halve(votes.slice(middle), schedule, found)
  }
}

function* checkEach(
  votes: readonly VoteToCheck[],
  schedule: Schedule,
  found: Found,
): Generator<AggregateCheck, void, boolean> {
  const good: VoteToCheck[] = []
  for (const vote of votes) {
    const valid = yield checkOf([vote], vote.sig, schedule)
    if (valid) good.push(vote)
    else found.failed.push(vote.author)
  }
  const aggregate = good.length === 0 ? undefined : join(good, schedule.scheme)
  if (aggregate !== undefined) {
    found.passed.push({ signers: good.map((vote) => vote.author), aggregate })
  }
}

/** The aggregate of the votes, iff it verifies. */
function* checkTogether(
  votes: readonly VoteToCheck[],
  schedule: Schedule,
): Generator<AggregateCheck, Uint8Array | undefined, boolean> {
  const aggregate = join(votes, schedule.scheme)
  if (aggregate === undefined) return undefined
  const valid = yield checkOf(votes, aggregate, schedule)
  return valid ? aggregate : undefined
}

function checkOf(
  votes: readonly VoteToCheck[],
  aggregate: Uint8Array,
  schedule: Schedule,
): AggregateCheck {
  const claims = votes.map(({ author, hash }) => {
    return { index: author, key: validatorAt(schedule, author).handle, message: hash }
  })
  return { claims, aggregate }
}

function join(votes: readonly VoteToCheck[], scheme: SignatureScheme): Uint8Array | undefined {
  return scheme.aggregate(votes.map((vote) => ({ index: vote.author, signature: vote.sig })))
}

function validatorAt(schedule: Schedule, index: number): Schedule['validators'][number] {
  const validator = schedule.validators[index]
  if (validator === undefined) throw new RangeError(`author: ${index} is not in the schedule`)
  return validator
}
