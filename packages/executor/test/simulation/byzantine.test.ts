import {
  byzantineActors,
  bytesOf,
  createCommittee,
  forker,
  victimOf,
  type ActorKind,
} from '@zkstack/bft/testing'
import type { ExecutionLayer } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { simulate, type SimulationReport } from '../../testing/index.js'

function tell(report: SimulationReport): string {
  return `seed ${report.seed}: ${report.violations.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`
}

/** Takes every payload, so that faulty leaders need not know the chain. */
const credulous: ExecutionLayer = {
  propose: ({ number, view }) => Promise.resolve(bytesOf(`${number} in view ${view}`)),
  verify: () => Promise.resolve({ ok: true }),
  commit: () => Promise.resolve(),
}

const six = createCommittee({ validators: 6 })
const viewTimeoutMs = 1_000

/** Six validators, whose leaders never propose the same, with forkers among them; what their victim learns does not reach the others. */
function forkedRun(seed: number, forkers: readonly number[]): Promise<SimulationReport> {
  const node = victimOf({ committee: six, coalition: forkers })
  return simulate({
    seed,
    viewTimeoutMs,
    faults: [{ type: 'mute', node, at: 20, lastsMs: 10_000 }],
    latency: 'lan',
    actors: new Map(forkers.map((index) => [index, forker])),
    execution: () => credulous,
    payloads: { valid: (n, variant) => bytesOf(`${n} ${variant}`), invalid: () => bytesOf('') },
    trace: true,
  })
}

describe('whole nodes with a faulty member among them', () => {
  for (const kind of byzantineActors) {
    it(`that is a ${kind.name} › keep all invariants`, async () => {
      for (const seed of [1, 2, 3]) {
        const actors = new Map<number, ActorKind>([[seed % 6, kind]])
        const report = await simulate({ seed, actors })
        expect(report.ok, tell(report)).toBe(true)
      }
    })
  }

  const weights = [4n, 3n, 3n, 2n, 2n, 1n, 1n, 1n]
  it.each([
    ['7 validators, every other kind', 7, [6], 0],
    ['unequal weights, and two faulty members, the rest of the kinds', weights, [4, 7], 1],
  ])('of %s › keep all invariants', async (_, validators, members, rest) => {
    for (const [seed, kind] of byzantineActors.entries()) {
      if (seed % 2 !== rest) continue
      const actors = new Map(members.map((index): [number, ActorKind] => [index, kind]))
      const report = await simulate({ seed, validators, actors })
      expect(report.ok, `${kind.name}, ${tell(report)}`).toBe(true)
    }
  })

  it('and two of eleven, of different kinds › keep all invariants', async () => {
    for (const i of [0, 4, 9, 14]) {
      const pair = [byzantineActors[i], byzantineActors[i + 2]].filter((k) => k !== undefined)
      const actors = new Map(pair.map((kind, at) => [1 + 6 * at, kind]))
      const report = await simulate({ seed: i, validators: 11, actors })
      expect(report.ok, tell(report)).toBe(true)
    }
  })

  it('and one forker of six, which shows a final block to a mute node only › its block is proposed again, and all agree', async () => {
    const victim = victimOf({ committee: six, coalition: [5] })
    for (const seed of [1, 2]) {
      const report = await forkedRun(seed, [5])
      expect(report.ok, tell(report)).toBe(true)
      const commits = (block: bigint) =>
        report.events.filter(({ type, text }) => type === 'commit' && text === `block ${block}`)
      const hidden = Array.from({ length: 20 }, (_, block) => commits(BigInt(block))).find(
        ([first, second]) => first?.node === victim && (second?.at ?? 0) - first.at > viewTimeoutMs,
      )
      expect(hidden?.length).toBe(5)
    }
  })

  it('and two forkers of six, one more than are tolerated › disagree, and that is found', async () => {
    const found: string[] = []
    for (let seed = 1; seed <= 10 && !found.includes('agreement'); seed++) {
      const report = await forkedRun(seed, [2, 5])
      found.push(...report.violations.map(({ invariant }) => invariant))
    }
    expect(found).toContain('agreement')
  })
})
