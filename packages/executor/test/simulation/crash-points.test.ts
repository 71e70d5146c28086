import { describe, expect, it } from 'vitest'
import { crashPoints, describeFault } from '../../testing/index.js'
import { brokenStore } from './broken-store.js'

/** Crashes of the short run, of some two thousand; `npm run simulate -- --crash-points` does all. */
const sample = Number(process.env['CRASH_POINTS'] ?? 40)
const seed = Number(process.env['SEED'] ?? 1)

describe('a node that dies before, in the middle of or after any of its writes, in a run of 20 views', () => {
  it(
    `leaves no double vote, no lost block, no block twice or out of order (${sample} of all, seed ${seed})`,
    { timeout: 600_000 },
    async () => {
      const { failures, runs, writes } = await crashPoints({ seed, sample })
      const told = failures.map(({ fault, report }) => {
        const [violation] = report.violations
        return `${describeFault(fault)}: ${violation?.invariant} ${violation?.text}`
      })
      expect(told).toEqual([])
      expect(runs).toBe(sample)
      expect(writes).toBeGreaterThan(500)
    },
  )

  it('and forgets its votes › is found', async () => {
    const { failures } = await crashPoints({
      seed,
      sample: 12,
      views: 5,
      wrapStore: (store, node) => (node < 6 ? brokenStore.forgetful(store) : store),
    })
    expect(failures.length).toBeGreaterThan(0)
  })
})
