import { signatureScheme } from '@zkstack/crypto'
import type { NodeStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { simulate, type SimulationOptions, type SimulationReport } from '../../testing/index.js'
import { brokenStore } from './broken-store.js'

/** Seeds of the short run; `npm run simulate` does more. */
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 200)
const firstSeed = Number(process.env['SEED'] ?? 1)

/** What a failed run tells, with all that it takes to repeat it. */
function tell(report: SimulationReport): string {
  return `seed ${report.seed}: ${report.violations.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`
}

describe('equal seeds', () => {
  it('give equal digests, with and without a trace', async () => {
    for (const seed of [1, 2]) {
      const first = await simulate({ seed })
      const second = await simulate({ seed, trace: true })
      expect(second.digest, `seed ${seed}`).toBe(first.digest)
      expect(second.stats).toEqual(first.stats)
      expect(second.events.length).toBeGreaterThan(100)
    }
  })

  it('give equal digests with real signatures', async () => {
    const scheme = signatureScheme(2)
    if (scheme === undefined) throw new TypeError('there is no Ed25519')
    const run = (): Promise<SimulationReport> => simulate({ seed: 4, scheme })
    const [first, second] = [await run(), await run()]
    expect(first.ok, tell(first)).toBe(true)
    expect(second.digest).toBe(first.digest)
  })

  it('and another seed gives another digest', async () => {
    const digests = await Promise.all(
      [5, 6].map(async (seed) => (await simulate({ seed, faults: [] })).digest),
    )
    expect(new Set(digests).size).toBe(2)
  })
})

describe('whole nodes in a bad world', () => {
  it(
    `keep all invariants, for ${seeds} seeds from ${firstSeed}`,
    { timeout: 600_000 },
    async () => {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const report = await simulate({ seed })
        expect(report.ok, tell(report)).toBe(true)
      }
    },
  )

  const committees: readonly (readonly [string, Partial<SimulationOptions>])[] = [
    ['7 validators', { validators: 7 }],
    ['11 validators', { validators: 11 }],
    ['unequal weights', { validators: [1n, 5n, 2n, 3n, 4n, 1n, 2n] }],
    ['a full node', { fullNodes: 1 }],
    ['a later first block', { firstBlock: 7n }],
  ]
  for (const [name, options] of committees) {
    it(`keep all invariants with ${name}`, async () => {
      for (const seed of [1, 2, 3, 4]) {
        const report = await simulate({ seed, ...options })
        expect(report.ok, tell(report)).toBe(true)
      }
    })
  }
})

describe('a node that breaks its promises', () => {
  const wrap =
    (how: (store: NodeStore) => NodeStore) =>
    (store: NodeStore, node: number): NodeStore =>
      node === 2 ? how(store) : store

  it('votes before its vote is on disk › is found', async () => {
    const report = await simulate({ seed: 1, faults: [], wrapStore: wrap(brokenStore.hasty) })
    expect(report.violations[0]).toMatchObject({ invariant: 'durability', node: 2 })
  })

  it('whose disk fails › stops, and that is found', async () => {
    const report = await simulate({ seed: 1, faults: [], wrapStore: wrap(brokenStore.failing) })
    expect(report.violations[0]).toMatchObject({ invariant: 'failure', node: 2 })
  })

  it('whose disk hangs, and another one’s too, of six › no block comes any more, and that is found', async () => {
    const report = await simulate({
      seed: 1,
      faults: [],
      wrapStore: (store, node) => (node < 2 ? brokenStore.stuck(store) : store),
    })
    expect(report.violations[0]).toMatchObject({ invariant: 'liveness' })
  })

  it('forgets its vote when it restarts › is found', async () => {
    const found = new Set<string | undefined>()
    for (let seed = 1; seed <= 20 && !found.has('durability'); seed++) {
      const report = await simulate({
        seed,
        faults: [{ type: 'crash', node: 2, at: 60 + 7 * seed, downMs: 1, silently: false }],
        latency: 'lan',
        executionMs: 1,
        minBlocks: 20,
        wrapStore: wrap(brokenStore.forgetful),
      })
      found.add(report.violations[0]?.invariant)
    }
    expect([...found]).toContain('durability')
  })
})
