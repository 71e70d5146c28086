import { describe, expect, it } from 'vitest'
import { simulate, type SimulationReport } from '../../testing/index.js'

/** Seeds of the short run. */
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 10)
const firstSeed = Number(process.env['SEED'] ?? 1)

const rotation = { everyBlocks: 4, members: 6 }

function tell(report: SimulationReport): string {
  return `seed ${report.seed}: ${report.violations.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`
}

describe('committees that change in a bad world', () => {
  it(
    `keep all invariants, for ${seeds} seeds from ${firstSeed}`,
    { timeout: 600_000 },
    async () => {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const report = await simulate({
          seed,
          validators: 9,
          rotation,
          minBlocks: 14,
          fullNodes: 1,
        })
        expect(report.ok, tell(report)).toBe(true)
        expect(Math.min(...report.stats.blocks)).toBeGreaterThanOrEqual(14)
      }
    },
  )

  it('equal seeds › give equal digests', async () => {
    const run = () => simulate({ seed: 7, validators: 8, rotation, minBlocks: 9 })
    expect((await run()).digest).toBe((await run()).digest)
  })

  it('negative control: half of the nodes never hear of a change › no block comes any more, and that is found', async () => {
    const report = await simulate({
      seed: 1,
      faults: [],
      validators: 12,
      rotation: { everyBlocks: 4, members: 6 },
      minBlocks: 12,
      maxMs: 60_000,
      wrapValidators: (source, node) =>
        node % 2 === 0
          ? source
          : {
              scheduleAt: async (_, o) => {
                const { current } = await source.scheduleAt(0n, o)
                return { current }
              },
            },
    })
    expect(report.violations.map(({ invariant }) => invariant)).toContain('liveness')
  })

  it('negative control: all hear of it too late › the old committee makes a block too many, and that is found', async () => {
    const report = await simulate({
      seed: 1,
      faults: [],
      validators: 6,
      rotation: { everyBlocks: 4, members: 6 },
      minBlocks: 12,
      wrapValidators: (source) => ({
        scheduleAt: async (n, o) => {
          const { current } = await source.scheduleAt(n, o)
          return { current }
        },
      }),
    })
    expect(report.violations.map(({ invariant }) => invariant)).toContain('certificate')
  })
})
