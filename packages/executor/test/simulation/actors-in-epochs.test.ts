import {
  bytesOf,
  byzantineActors,
  createCommittee,
  doubleVoter,
  equivocatingLeader,
  forker,
  victimOf,
  type ActorInit,
  type ActorKind,
} from '@zkstack/bft/testing'
import type { ExecutionLayer } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { simulate, type PlannedEpoch, type SimulationReport } from '../../testing/index.js'

/** Seeds of the short run. */
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 2)
const firstSeed = Number(process.env['SEED'] ?? 1)

function tell(report: SimulationReport): string {
  return `seed ${report.seed}: ${report.violations.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`
}

/** Three kinds, others for each seed, among nine validators. */
function castOf(seed: number): ReadonlyMap<number, ActorKind> {
  const kinds = [0, 5, 11].flatMap(
    (by) => byzantineActors[(seed + by) % byzantineActors.length] ?? [],
  )
  return new Map(kinds.map((kind, i) => [3 * i, kind]))
}

/** Tells of every actor that it makes. */
function watched(kind: ActorKind, made: (init: ActorInit) => void): ActorKind {
  return {
    ...kind,
    create: (init) => {
      made(init)
      return kind.create(init)
    },
  }
}

/** An epoch of six validators of weight 1. */
function epochOf(firstBlock: bigint, members: readonly number[]): PlannedEpoch {
  return { firstBlock, weights: new Map(members.map((index) => [index, 1n])) }
}

/** Takes every payload, so that faulty leaders need not know the chain. */
const credulous: ExecutionLayer = {
  propose: ({ number, view }) => Promise.resolve(bytesOf(`${number} in view ${view}`)),
  verify: () => Promise.resolve({ ok: true }),
  commit: () => Promise.resolve(),
}

describe('committees that change, with faulty members', () => {
  it(
    `of three kinds in a bad world › keep all invariants, for ${seeds} seeds from ${firstSeed}`,
    { timeout: 600_000 },
    async () => {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const coalitions: ActorInit[] = []
        const actors = [...castOf(seed)].map(
          ([node, kind]) => [node, watched(kind, (init) => coalitions.push(init))] as const,
        )
        const report = await simulate({
          seed,
          validators: 9,
          rotation: { everyBlocks: 3, members: 6 },
          actors: new Map(actors),
          minBlocks: 7,
        })
        expect(report.ok, tell(report)).toBe(true)
        for (const { committee, coalition, index } of coalitions) {
          const weights = coalition.map((member) => committee.schedule.at(member)?.weight ?? 0n)
          expect(coalition).toContain(index)
          expect(weights.reduce((a, b) => a + b)).toBeLessThanOrEqual(
            committee.schedule.maxFaultyWeight,
          )
        }
      }
    },
  )

  it('a faulty validator that leaves and comes back › acts in the epochs of whose committee it is; equal seeds give equal digests', async () => {
    const run = async (): Promise<readonly [SimulationReport, readonly ActorInit[]]> => {
      const made: ActorInit[] = []
      const report = await simulate({
        seed: 3,
        validators: 8,
        rotation: [
          epochOf(0n, [0, 1, 2, 3, 4, 5]),
          epochOf(2n, [1, 2, 3, 4, 5, 6]),
          epochOf(4n, [0, 2, 3, 5, 6, 7]),
        ],
        faults: [],
        actors: new Map([
          [0, watched(doubleVoter, (init) => made.push(init))],
          [1, watched(equivocatingLeader, () => undefined)],
        ]),
        minBlocks: 7,
      })
      return [report, made]
    }
    const [report, made] = await run()
    expect(report.ok, tell(report)).toBe(true)
    expect(made.map(({ committee }) => committee.scope.epoch)).toEqual([0n, 2n])
    expect((await run())[0].digest).toBe(report.digest)
  })

  it('more of them than any committee tolerates › are refused', async () => {
    const actors = new Map([0, 1, 2, 3, 4].map((node) => [node, doubleVoter]))
    const rotation = { everyBlocks: 3, members: 6 }
    await expect(simulate({ seed: 1, validators: 8, rotation, actors })).rejects.toThrow(
      'rotation: more actors than its committees tolerate',
    )
  })

  it('negative control: two forkers in the second committee of six, one more than are tolerated › disagree, and that is found', async () => {
    const members = [0, 1, 2, 4, 5, 7]
    const coalition = [2, 5]
    const committee = createCommittee({ validators: 6 })
    const node = members[victimOf({ committee, coalition })] ?? 0
    const found: string[] = []
    for (let seed = 1; seed <= 10 && !found.includes('agreement'); seed++) {
      const report = await simulate({
        seed,
        validators: 8,
        rotation: [epochOf(0n, [0, 1, 3, 4, 5, 6]), epochOf(2n, members)],
        // What the victim learned must not reach the others.
        faults: [{ type: 'mute', node, at: 20, lastsMs: 10_000 }],
        latency: 'lan',
        executionMs: 1,
        actors: new Map(coalition.map((index) => [members[index] ?? 0, forker])),
        execution: () => credulous,
        payloads: { valid: (n, variant) => bytesOf(`${n} ${variant}`), invalid: () => bytesOf('') },
      })
      found.push(...report.violations.map(({ invariant }) => invariant))
    }
    expect(found).toContain('agreement')
  })
})
