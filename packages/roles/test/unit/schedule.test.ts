import { compareBytes, keccak256, signatureScheme, toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import type { ScheduleSpec, Schedule as ScheduleType, ValidatorSpec } from '../../src/index.js'
import {
  decodeSchedule,
  defaultLeaderSelection,
  encodeSchedule,
  Schedule,
  thresholds,
} from '../../src/index.js'
import { testCommittee, unwrap } from '../../testing/index.js'
import { bytesOf } from '../helpers/gold.js'

const committee = testCommittee(6, { seed: 'schedule' })
const { scheme } = committee
const keys = committee.keys.map((key) => key.publicKey)

function validators(weights: readonly bigint[], leaders?: readonly boolean[]): ValidatorSpec[] {
  return weights.map((weight, i) => ({
    key: keys[i] as Uint8Array,
    weight,
    leader: leaders?.[i] ?? true,
  }))
}

function create(list: readonly ValidatorSpec[], o: Partial<ScheduleSpec> = {}): ScheduleType {
  const leaderSelection = o.leaderSelection ?? defaultLeaderSelection
  return unwrap(Schedule.create({ validators: list, leaderSelection, scheme }))
}

function errorOf(list: readonly ValidatorSpec[]): unknown {
  const leaderSelection = defaultLeaderSelection
  const result = Schedule.create({ validators: list, leaderSelection, scheme })
  return result.ok ? undefined : result.error
}

describe('schedule', () => {
  it('schedule › given validators in another order › sorts them by key and is the same', () => {
    const list = validators([1n, 2n, 3n])
    const schedule = create(list.toReversed())
    expect(schedule.validators.map((v) => v.weight)).toEqual([1n, 2n, 3n])
    expect(toHex(schedule.hash)).toBe(toHex(create(list).hash))
    const sorted = schedule.validators.map((v) => v.key).toSorted(compareBytes)
    expect(schedule.validators.map((v) => v.key)).toEqual(sorted)
  })

  it('schedule › of weights 10 and 20 › has quorum 25, subquorum 15 and 5 faulty', () => {
    const schedule = create(validators([10n, 20n]))
    expect(schedule.totalWeight).toBe(30n)
    expect([schedule.quorum, schedule.subquorum, schedule.maxFaultyWeight]).toEqual([25n, 15n, 5n])
  })

  it('schedule › with a key twice › is refused as DUPLICATE_KEY at the second', () => {
    const list = validators([1n, 1n])
    const twice = [...list, list[0] as ValidatorSpec]
    expect(errorOf(twice)).toEqual({ code: 'DUPLICATE_KEY', index: 2 })
  })

  it('schedule › with a weight of zero or less › is refused as ZERO_WEIGHT', () => {
    expect(errorOf(validators([1n, 0n]))).toEqual({ code: 'ZERO_WEIGHT', index: 1 })
    expect(errorOf(validators([-1n]))).toEqual({ code: 'ZERO_WEIGHT', index: 0 })
  })

  it('schedule › with weights that sum to more than 64 bits › is refused as WEIGHT_OVERFLOW', () => {
    const fifth = (2n ** 64n - 1n) / 5n
    const list = validators([fifth, fifth, fifth, fifth, fifth, fifth])
    expect(errorOf(list)).toEqual({ code: 'WEIGHT_OVERFLOW', index: 5 })
    expect(errorOf(validators([2n ** 64n]))).toEqual({ code: 'WEIGHT_OVERFLOW', index: 0 })
    expect(create(validators([2n ** 64n - 1n])).totalWeight).toBe(2n ** 64n - 1n)
  })

  it('schedule › of nobody or without a leader › is refused', () => {
    expect(errorOf([])).toEqual({ code: 'NO_VALIDATORS' })
    expect(errorOf(validators([1n], [false]))).toEqual({ code: 'NO_LEADERS' })
  })

  it('schedule › with a key that the scheme refuses › is refused as BAD_KEY', () => {
    const smallOrder = new Uint8Array(32)
    expect(errorOf([...validators([1n]), { key: smallOrder, weight: 1n, leader: true }])).toEqual({
      code: 'BAD_KEY',
      index: 1,
    })
    expect(errorOf([{ key: new Uint8Array(31), weight: 1n, leader: true }])).toEqual({
      code: 'BAD_KEY',
      index: 0,
    })
  })

  it('BLS schedule › with an infinite, uncompressed or non-subgroup key › is refused as BAD_KEY (rule 24)', () => {
    const bls = signatureScheme(0)
    if (bls === undefined) throw new TypeError('no BLS')
    const infinity = bytesOf(`c0${'00'.repeat(95)}`)
    const nonSubgroup = bytesOf(`80${'00'.repeat(94)}02`)
    for (const key of [infinity, nonSubgroup, new Uint8Array(192)]) {
      const leaderSelection = defaultLeaderSelection
      const list = [{ key, weight: 1n, leader: true }]
      const result = Schedule.create({ validators: list, leaderSelection, scheme: bls })
      expect(result).toEqual({ ok: false, error: { code: 'BAD_KEY', index: 0 } })
    }
  })

  it('schedule › given a frequency beyond 64 bits › is refused as BAD_FREQUENCY', () => {
    for (const frequency of [-1n, 2n ** 64n]) {
      const leaderSelection = { frequency, mode: 'roundRobin' } as const
      const result = Schedule.create({ validators: validators([1n]), leaderSelection, scheme })
      expect(result).toEqual({ ok: false, error: { code: 'BAD_FREQUENCY' } })
    }
  })

  it('schedule › asked for keys and indices › finds those it has', () => {
    const schedule = create(validators([1n, 1n, 1n, 1n, 1n]))
    for (const [i, v] of schedule.validators.entries()) {
      expect(schedule.indexOf(Uint8Array.from(v.key))).toBe(i)
      expect(schedule.at(i)).toBe(v)
    }
    expect(schedule.indexOf(keys[5] as Uint8Array)).toBeUndefined()
    expect(schedule.indexOf(new Uint8Array())).toBeUndefined()
    expect(schedule.at(5)).toBeUndefined()
    expect(schedule.at(-1)).toBeUndefined()
  })

  it('schedule › whose input arrays change later › stays as it was', () => {
    const list = validators([1n]).map((v) => ({ ...v, key: v.key.slice() }))
    const schedule = create(list)
    list[0]?.key.fill(0)
    expect(schedule.indexOf(keys[0] as Uint8Array)).toBe(0)
  })

  it('schedule › encoded and decoded › is the same; its hash is that of its bytes', () => {
    const schedule = create(validators([3n, 2n ** 63n, 1n], [true, false, true]), {
      leaderSelection: { frequency: 7n, mode: 'weighted' },
    })
    const decoded = decodeSchedule(encodeSchedule(schedule), scheme)
    expect(decoded.leaderSelection).toEqual({ frequency: 7n, mode: 'weighted' })
    expect(decoded.validators.map((v) => [v.weight, v.leader])).toEqual([
      [3n, true],
      [2n ** 63n, false],
      [1n, true],
    ])
    expect(toHex(decoded.hash)).toBe(toHex(keccak256(encodeSchedule(schedule))))
    expect(decoded.leaders).toEqual([0, 2])
  })

  it('schedule bytes › with keys out of order, twice or empty › are refused', () => {
    const [a, b] = validators([1n, 1n]) as [ValidatorSpec, ValidatorSpec]
    const leaderSelection = defaultLeaderSelection
    const decode = (list: ValidatorSpec[]) => (): unknown =>
      decodeSchedule(encodeSchedule({ validators: list, leaderSelection }), scheme)
    expect(decode([b, a])).toThrow(expect.objectContaining({ code: 'UNSORTED' }))
    expect(decode([a, a])).toThrow(expect.objectContaining({ code: 'DUPLICATE_KEY' }))
    expect(decode([])).toThrow(expect.objectContaining({ code: 'NO_VALIDATORS' }))
    expect(decode([{ ...a, weight: 0n }])).toThrow(expect.objectContaining({ code: 'ZERO_WEIGHT' }))
  })
})

describe('thresholds', () => {
  it.each([
    [1n, 0n, 1n, 1n],
    [2n, 0n, 2n, 2n],
    [5n, 0n, 5n, 5n],
    [6n, 1n, 5n, 3n],
    [7n, 1n, 6n, 4n],
    [10n, 1n, 9n, 7n],
    [11n, 2n, 9n, 5n],
    [16n, 3n, 13n, 7n],
    [30n, 5n, 25n, 15n],
    [60n, 11n, 49n, 27n],
    [100n, 19n, 81n, 43n],
  ])('thresholds › of weight %d › are f=%d, quorum=%d, subquorum=%d', (w, f, quorum, subquorum) => {
    expect(thresholds(w)).toEqual({ maxFaultyWeight: f, quorum, subquorum })
  })
})

describe('leaders', () => {
  it('leader › with frequency 3 › changes every third view', () => {
    const leaderSelection = { frequency: 3n, mode: 'roundRobin' } as const
    const schedule = create(validators([1n, 1n, 1n], [true, false, true]), { leaderSelection })
    const leaders = [0n, 1n, 2n, 3n, 4n, 5n, 6n].map((view) => schedule.leaderAt(view))
    expect(leaders).toEqual([0, 0, 0, 2, 2, 2, 0])
  })

  it.each(['roundRobin', 'weighted'] as const)(
    'leader › %s with frequency 0 › never changes',
    (mode) => {
      const leaderSelection = { frequency: 0n, mode }
      const schedule = create(validators([1n, 2n, 3n]), { leaderSelection })
      const first = schedule.leaderAt(0n)
      for (const view of [1n, 2n, 1000n, 2n ** 64n - 1n])
        expect(schedule.leaderAt(view)).toBe(first)
    },
  )

  it('weighted leader › of total weight 1, where every draw is 0 › is the first', () => {
    const leaderSelection = { frequency: 1n, mode: 'weighted' } as const
    const schedule = create(validators([5n, 1n], [false, true]), { leaderSelection })
    for (const view of [0n, 1n, 2n, 2n ** 64n - 1n]) expect(schedule.leaderAt(view)).toBe(1)
  })

  it('weighted leader › over many views › comes in proportion to weight', () => {
    const leaderSelection = { frequency: 1n, mode: 'weighted' } as const
    const schedule = create(validators([1n, 3n, 6n]), { leaderSelection })
    const counts = [0, 0, 0]
    for (let view = 0n; view < 2000n; view++) {
      const leader = schedule.leaderAt(view)
      counts[leader] = (counts[leader] ?? 0) + 1
    }
    for (const [i, share] of [200, 600, 1200].entries()) {
      expect(Math.abs((counts[i] ?? 0) - share)).toBeLessThan(100)
    }
  })
})
