import { describe, expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import { ed25519Scheme } from '@zkstack/crypto'
import { hashMsg } from '@zkstack/roles'
import type { VoteToCheck } from '@zkstack/bft'
import { countingScheme, createCommittee, shiftSignature } from '@zkstack/bft/testing'
import type { Committee } from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'
import { bisect } from '../../src/runner/bisect.js'
import type { BisectResult } from '../../src/runner/bisect.js'

/** One vote of each author, two distinct messages among them; those in `bad` have a wrong signature. */
function votesOf(committee: Committee, k: number, bad: ReadonlySet<number>): VoteToCheck[] {
  return Array.from({ length: k }, (_, author) => {
    const value = committee.timeout(BigInt(1 + (author % 2)))
    const signed = committee.signTimeout(author, value)
    const { sig } = bad.has(author) ? committee.forge(signed) : signed
    return { author, hash: hashMsg(signed.msg), sig }
  })
}

function finish(
  votes: readonly VoteToCheck[],
  committee: Committee,
): BisectResult & { turns: number } {
  const work = bisect(votes, committee.schedule)
  const { scheme } = committee.schedule
  for (let turns = 0, valid = false; ; turns += 1) {
    const { done, value } = work.next(valid)
    if (done === true) return { ...value, turns }
    valid = scheme.verifyAggregate(value.claims, value.aggregate)
  }
}

const counting = countingScheme(standInScheme)
const committee = createCommittee({ validators: 100, scheme: counting.scheme })

describe('bisection', () => {
  test('rule 10 › all votes are good › one check, one set, whose aggregate is that of the QC', () => {
    counting.reset()
    const result = finish(votesOf(committee, 81, new Set()), committee)
    expect(counting.checks).toBe(1)
    expect(result.turns).toBe(1)
    expect(result.failed).toEqual([])
    expect(result.passed.map((set) => set.signers.length)).toEqual([81])
  })

  test('rule 10 › b of k votes are bad › the bad are found, the good pass, in at most min(1 + 2b⌈log2 k⌉, 2k − 1) checks', () => {
    const seed = process.env['SEED'] ?? '10'
    const random = seededRandom(seed)
    for (let round = 0; round < 200; round += 1) {
      const k = 1 + (random.uint32() % 100)
      const bad = new Set<number>()
      for (let i = random.uint32() % Math.min(k, 12); i > 0; i -= 1) bad.add(random.uint32() % k)
      counting.reset()
      const { passed, failed } = finish(votesOf(committee, k, bad), committee)
      const b = bad.size
      const most = Math.min(1 + 2 * b * Math.ceil(Math.log2(k)), 2 * k - 1)
      expect(counting.checks, `seed ${seed}, k ${k}, b ${b}`).toBeLessThanOrEqual(most)
      expect(failed.toSorted((x, y) => x - y)).toEqual([...bad].sort((x, y) => x - y))
      const good = passed.flatMap((set) => set.signers).toSorted((x, y) => x - y)
      expect(good).toEqual(Array.from({ length: k }, (_, i) => i).filter((i) => !bad.has(i)))
    }
  })

  test('rule 10 › all votes are bad › 2k − 1 checks', () => {
    counting.reset()
    const everybody = new Set(Array.from({ length: 16 }, (_, i) => i))
    expect(finish(votesOf(committee, 16, everybody), committee).failed).toHaveLength(16)
    expect(counting.checks).toBe(31)
  })

  test('rule 10 › a signature does not decode › it fails like any other', () => {
    const votes = votesOf(committee, 5, new Set())
    votes[2] = { ...votes[2]!, sig: new Uint8Array(3) }
    expect(finish(votes, committee).failed).toEqual([2])
  })

  test('rule 10 › the first half passes › the second is checked nevertheless', () => {
    // Good + a pair that cancels: the halves are {0, 1} and {2, 3}.
    const votes = votesOf(committee, 4, new Set([3]))
    counting.reset()
    const result = finish(votes, committee)
    expect(result.passed.map((set) => set.signers)).toEqual([[0, 1], [2]])
    expect(result.failed).toEqual([3])
    expect(counting.checks).toBe(5)
  })

  test('rule 11 › two bad votes cancel each other › they pass as a set and only as a set', () => {
    const votes = votesOf(committee, 4, new Set())
    votes[0] = { ...votes[0]!, sig: shiftSignature(votes[0]!.sig, 3n) }
    votes[2] = { ...votes[2]!, sig: shiftSignature(votes[2]!.sig, -3n) }
    expect(finish(votes, committee).passed.map((set) => set.signers)).toEqual([[0, 1, 2, 3]])
    expect(finish(votes.slice(0, 2), committee).failed).toEqual([0])
  })

  test('rule 10 › no votes › no check', () => {
    counting.reset()
    expect(finish([], committee)).toEqual({ passed: [], failed: [], turns: 0 })
    expect(counting.checks).toBe(0)
  })

  test('rule 10 › Ed25519 › one check a vote, one set of the good ones', () => {
    const counted = countingScheme(ed25519Scheme.current)
    const six = createCommittee({ validators: 6, scheme: counted.scheme })
    const { passed, failed } = finish(votesOf(six, 6, new Set([1, 4])), six)
    expect(counted.checks).toBe(6)
    expect(failed).toEqual([1, 4])
    expect(passed.map((set) => set.signers)).toEqual([[0, 2, 3, 5]])
    expect(passed[0]!.aggregate.length).toBe(4 * 64)
  })
})
