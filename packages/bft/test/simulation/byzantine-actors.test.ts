import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { step } from '@zkstack/bft'
import type { VoteTally } from '@zkstack/bft'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  byzantineActors,
  createCommittee,
  equivocatingLeader,
  forker,
  futureViewSpammer,
  invalidPayloadProposer,
  qcForger,
  runTrial,
  silent,
  stabilizingLinks,
  victimOf,
} from '@zkstack/bft/testing'
import type { ActorKind, Committee, LinkModel, TrialReport } from '@zkstack/bft/testing'

/** `SEED=` runs one seed again; `SEEDS=` says how many to run. */
const firstSeed = Number(process.env['SEED'] ?? '1')
const seeds = process.env['SEED'] === undefined ? Number(process.env['SEEDS'] ?? '2') : 1

beforeAll(async () => {
  await loadCryptoBackends()
})

/** Every other trial has verdicts come late, so that they find another state than the one that asked. */
function checkMsOf(seed: number): number {
  return seed % 2 === 0 ? 5 : 0
}

interface Setting {
  readonly name: string
  readonly validators: number | readonly bigint[]
  /** Sets of members that weigh at most f. */
  readonly faulty: readonly (readonly number[])[]
  /** Sets that weigh f + 1. */
  readonly tooMany: readonly number[]
}

const settings: readonly Setting[] = [
  { name: 'n = 6', validators: 6, faulty: [[5], [2]], tooMany: [4, 5] },
  { name: 'n = 7', validators: 7, faulty: [[0], [6]], tooMany: [2, 6] },
  {
    name: 'n = 11',
    validators: 11,
    faulty: [
      [3, 4],
      [0, 10],
    ],
    tooMany: [0, 5, 10],
  },
  {
    name: 'weights 4, 3, 3, 2, 2, 1, 1, 1',
    validators: [4n, 3n, 3n, 2n, 2n, 1n, 1n, 1n],
    faulty: [[1], [4, 6], [5, 6, 7]],
    tooMany: [4, 5, 6],
  },
]

function weightOf(committee: Committee, members: readonly number[]): bigint {
  return members.reduce((sum, index) => sum + (committee.schedule.at(index)?.weight ?? 0n), 0n)
}

function assign(
  members: readonly number[],
  kindOf: (position: number) => ActorKind,
): ReadonlyMap<number, ActorKind> {
  return new Map(members.map((index, position) => [index, kindOf(position)]))
}

describe.each(settings.map((setting) => [setting.name, setting] as const))('%s', (_, setting) => {
  const { validators, faulty, tooMany } = setting
  const committee = createCommittee({ validators })
  const { maxFaultyWeight } = committee.schedule

  test('the groups of this setting › weigh at most f, and f + 1', () => {
    for (const members of faulty) {
      expect(weightOf(committee, members)).toBeLessThanOrEqual(maxFaultyWeight)
    }
    expect(weightOf(committee, tooMany)).toBe(maxFaultyWeight + 1n)
  })

  test.each(byzantineActors.map((kind) => [kind.name, kind] as const))(
    '%s › agreement, validity, progress, memory hold; who can be convicted is',
    (__, kind) => {
      const rules = new Set<string>()
      for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
        const members = faulty[seed % faulty.length] ?? []
        const actors = assign(members, () => kind)
        const report = runTrial({ committee, seed, actors, checkMs: checkMsOf(seed) })
        expect(report.faults, `SEED=${seed}`).toEqual([])
        expect(report.blocks).toBeGreaterThan(5)
        for (const { rule } of report.convictions) rules.add(rule)
      }
      if (kind.convictions.length > 0) {
        expect(kind.convictions.filter((rule) => rules.has(rule))).not.toEqual([])
      }
    },
  )

  test('mixed groups of any kinds › the same', () => {
    const random = seededRandom(`mixed/${firstSeed}`)
    for (let seed = firstSeed; seed < firstSeed + 5 * seeds; seed += 1) {
      const members = faulty[seed % faulty.length] ?? []
      const kinds = members.map(
        () => byzantineActors[random.uint32() % byzantineActors.length] ?? silent,
      )
      const actors = assign(members, (position) => kinds[position] ?? silent)
      const report = runTrial({ committee, seed, actors, checkMs: checkMsOf(seed) })
      const names = kinds.map(({ name }) => name).join(', ')
      expect(report.faults, `SEED=${seed}: ${names}`).toEqual([])
    }
  })

  test('negative control › f + 1 are silent › a stall is found', () => {
    const actors = assign(tooMany, () => silent)
    const { faults } = runTrial({ committee, seed: firstSeed, actors })
    expect(faults.some((fault) => fault.includes('no new final block'))).toBe(true)
  })

  test('negative control › f + 1 fork, and a victim is not heard › a disagreement is found', () => {
    const found = Array.from({ length: 20 }, (__, i) => firstSeed + i).find((seed) =>
      fork(committee, tooMany, seed).faults.some((fault) => fault.includes('disagree')),
    )
    expect(found).toBeDefined()
  })

  test('f fork, and a victim is not heard › no fault', () => {
    for (let seed = firstSeed; seed < firstSeed + 2 * seeds; seed += 1) {
      const report = fork(committee, faulty[seed % faulty.length] ?? [], seed)
      expect(report.faults, `SEED=${seed}`).toEqual([])
    }
  })
})

/** Forkers, and a network that lets nothing out of their victim for ten views. */
function fork(committee: Committee, coalition: readonly number[], seed: number): TrialReport {
  const stableAt = 5000
  const victim = victimOf({ committee, coalition })
  const random = seededRandom(`fork/${seed}`)
  const orderly = stabilizingLinks({
    ...{ random, from: 0, delayMs: 100, stormDelayMs: 0, lossRate: 0, partitionMs: 1 },
  })
  const links: LinkModel = (from, to, now) =>
    from === victim && now < stableAt ? undefined : orderly(from, to, now)
  const actors = assign(coalition, () => forker)
  return runTrial({ committee, seed, actors, links, stableAt, watchMs: 4000 })
}

describe('the checks can fail', () => {
  const committee = createCommittee({ validators: 6 })

  function faultsOf(kind: ActorKind, broken: typeof step): readonly string[] {
    return runTrial({ committee, seed: firstSeed, actors: assign([5], () => kind), step: broken })
      .faults
  }

  test('negative control › a step that forgets that it voted › a double vote is found', () => {
    const faults = faultsOf(equivocatingLeader, (state, input) =>
      step(state.phase === 'commit' ? { ...state, phase: 'prepare' } : state, input),
    )
    expect(faults.some((fault) => fault.startsWith('two '))).toBe(true)
  })

  test('negative control › a step that drops no votes › too much memory is found', () => {
    const faults = faultsOf(futureViewSpammer, (before, input) => {
      const { state, effects } = step(before, input)
      const keep = (kind: 'commit' | 'timeout'): VoteTally => {
        const { latest, buckets } = state.votes[kind]
        return { latest, buckets: new Map([...before.votes[kind].buckets, ...buckets]) }
      }
      const votes = { commit: keep('commit'), timeout: keep('timeout') }
      return { state: { ...state, votes }, effects }
    })
    expect(faults.some((fault) => fault.includes('votes, at most'))).toBe(true)
  })

  test('negative control › a step that blames the wrong one › a convicted correct member is found', () => {
    const faults = faultsOf(qcForger, (before, input) => {
      const { state, effects } = step(before, input)
      const mistaken = effects.map((effect) =>
        effect.type === 'blamed' ? { ...effect, validator: 0 } : effect,
      )
      return { state, effects: mistaken }
    })
    expect(faults.some((fault) => fault.includes('convicts correct member 0'))).toBe(true)
  })

  test('negative control › a step whose timer is three times too long › a stall is found', () => {
    const faults = faultsOf(silent, (before, input) => {
      const { state, effects } = step(before, input)
      const slow = effects.map((effect) =>
        effect.type === 'setTimer' ? { ...effect, at: effect.at + 1000 } : effect,
      )
      return { state, effects: slow }
    })
    expect(faults.some((fault) => fault.includes('no new final block'))).toBe(true)
  })

  test('negative control › a step that votes for what is refused › an invalid block is found', () => {
    const faults = faultsOf(invalidPayloadProposer, (state, input) =>
      step(state, input.type === 'payloadVerified' ? { ...input, verdict: { ok: true } } : input),
    )
    expect(faults.some((fault) => fault.includes('keeps an invalid block'))).toBe(true)
  })
})

test('a trial › the same seed › the same run', () => {
  const committee = createCommittee({ validators: 6 })
  const run = (): TrialReport =>
    runTrial({
      committee,
      seed: firstSeed,
      actors: new Map([[5, qcForger]]),
    })
  expect(run()).toEqual(run())
})
