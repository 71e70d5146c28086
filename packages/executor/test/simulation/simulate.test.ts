import { concatBytes, signatureScheme } from '@zkstack/crypto'
import type { NodeStore, ProposeRequest } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import {
  CounterChain,
  simulate,
  type Fault,
  type SimulationOptions,
  type SimulationReport,
} from '../../testing/index.js'
import { brokenStore } from './broken-store.js'

/** Seeds of the short run; `npm run simulate` does more. */
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 200)
const firstSeed = Number(process.env['SEED'] ?? 1)

/** What a failed run tells, with all that it takes to repeat it. */
function tell(report: SimulationReport): string {
  return `seed ${report.seed}: ${report.violations.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`
}

/** Whose payloads name the view, so that another leader of a height proposes another block. */
class ChainOfViews extends CounterChain {
  override async propose(p: ProposeRequest): Promise<Uint8Array | null> {
    const payload = await super.propose(p)
    return payload && concatBytes(payload, new TextEncoder().encode(`view ${p.view}`))
  }
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
    ['leaders that never propose the same', { execution: () => new ChainOfViews() }],
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

describe('a fault', () => {
  const quick = { latency: 'lan', executionMs: 5, viewTimeoutMs: 300, blocks: 2 } as const
  const options = { seed: 1, trace: true, ...quick } as const
  const run = (...faults: Fault[]): Promise<SimulationReport> => simulate({ ...options, faults })
  const count = ({ events }: SimulationReport, type: string): number =>
    events.filter((event) => event.type === type).length
  /** How many arrivals of a message came before one that was sent earlier by the same node to the same one. */
  const overtaken = ({ events }: SimulationReport): number => {
    const last = new Map<string, number>()
    let found = 0
    for (const { type, node, peer, text } of events) {
      const view = Number(/^Replica\w+ (\d+)$/.exec(text)?.[1])
      if (type !== 'deliver' || Number.isNaN(view)) continue
      const link = `${peer} ${node}`
      if (view < (last.get(link) ?? 0)) found += 1
      last.set(link, Math.max(view, last.get(link) ?? 0))
    }
    return found
  }
  const trouble = {
    type: 'trouble',
    ...{ at: 0, lastsMs: 300, loss: 0, duplicate: 0, reorder: 0, delayMs: 0 },
  } as const
  const window = { at: 20, lastsMs: 600 }

  it('of the lines, of a disk, of a clock or of a process › happens, and breaks nothing', async () => {
    const calm = await run()
    expect([count(calm, 'lose'), calm.stats.restarts, overtaken(calm)]).toEqual([0, 0, 0])

    const lossy = await run({ ...trouble, loss: 0.3 })
    expect(count(lossy, 'lose')).toBeGreaterThan(20)
    const doubled = await run({ ...trouble, duplicate: 1 })
    expect(count(doubled, 'deliver')).toBeGreaterThan(1.5 * count(doubled, 'send'))
    const shuffled = await run({ ...trouble, reorder: 1, delayMs: 50 })
    expect(overtaken(shuffled)).toBeGreaterThan(0)
    const groups = [[0, 1, 2, 3, 4], [5]]
    const cut = await run({ type: 'partition', ...window, groups, how: 'cut' })
    const held = await run({ type: 'partition', ...window, groups, how: 'hold' })
    const mute = await run({ type: 'mute', ...window, node: 2 })
    const slow = await run({ type: 'slowDisk', ...window, node: 2, writeMs: 200 })
    const dead = { type: 'crash', node: 3, at: 20, downMs: 700, silently: false } as const
    const crashed = await run(dead)
    const stopped = await run({ type: 'stop', node: 3, at: 20, downMs: 200 })
    const points = (['before', 'torn', 'after'] as const).map((point) =>
      run({ type: 'crashAtWrite', node: 3, write: 7, point, downMs: 200 }),
    )
    // A view of the dead leader ends later on clocks that go at half speed.
    const clocks = [0, 1, 2, 3, 4, 5].map((node): Fault => ({
      type: 'skew',
      node,
      speed: 0.5,
      utcOffsetMs: 0,
    }))
    const skewed = await run(dead, ...clocks)
    expect(skewed.stats.views).toBeLessThan(crashed.stats.views)
    for (const report of [crashed, stopped, ...(await Promise.all(points))])
      expect([report.ok, report.stats.restarts]).toEqual([true, 1])
    for (const [i, report] of [cut, held, mute, slow, crashed].entries())
      expect(Number(report.stats.views), `${i}`).toBeGreaterThan(Number(calm.stats.views))
    for (const report of [lossy, doubled, shuffled, cut, held, mute, slow, stopped, skewed])
      expect(report.ok, tell(report)).toBe(true)
  })
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
