import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { SimulationOptions } from '../../testing/index.js'
import { brokenStore } from './broken-store.js'
import { runSeeds, type SeedRunner } from './run-seeds.js'
import { startSeedProcess } from './seed-process.js'
import { runSeed } from './seed-run.js'

const quick = { faults: [], blocks: 1 } satisfies Partial<SimulationOptions>

const runner =
  (delayMs = 0): SeedRunner =>
  async (seed) => {
    await sleep(delayMs)
    return runSeed({ seed, ...quick })
  }

describe('many seeds', () => {
  it('give one digest, whoever runs them and whoever is faster', async () => {
    const alone = await runSeeds({ from: 5, seeds: 3, runners: [runner()] })
    const shared = await runSeeds({ from: 5, seeds: 3, runners: [runner(60), runner()] })
    expect(shared).toEqual(alone)
    expect(alone).toMatchObject({ seeds: 3, failed: [] })
    const fewer = await runSeeds({ from: 5, seeds: 2, runners: [runner()] })
    expect(fewer.digest).not.toBe(alone.digest)
  })

  it('tell those that failed, in order, with the faults that it takes', async () => {
    const forgetful: SeedRunner = (seed) =>
      runSeed({
        seed,
        latency: 'lan',
        executionMs: 1,
        faults: [
          { type: 'slowDisk', node: 0, at: 20, lastsMs: 200, writeMs: 5 },
          { type: 'crash', node: 2, at: 300, downMs: 1, silently: false },
        ],
        wrapStore: (store, node) => (node === 2 ? brokenStore.forgetful(store) : store),
      })
    const { failed } = await runSeeds({ from: 3, seeds: 2, runners: [runner(20), forgetful] })
    expect(failed.map(({ seed }) => seed)).toEqual(['4'])
    expect(failed[0]?.failure?.violations[0]).toMatch(/^(equivocation|durability) at /)
    expect(failed[0]?.failure?.faults).toHaveLength(1)
  })

  it('tell once what happens once, though a message goes to five peers', async () => {
    const { failure } = await runSeed({
      seed: 1,
      ...quick,
      wrapStore: (store, node) => (node === 2 ? brokenStore.hasty(store) : store),
    })
    expect(failure?.faults).toEqual([])
    expect(failure?.violations).toHaveLength(1)
  })

  it('run in a process of their own as they do here', async () => {
    const { run, stop } = startSeedProcess('6')
    const [there, here] = await Promise.all([run('9'), runSeed({ seed: '9', validators: 6 })])
    stop()
    expect(there).toEqual(JSON.parse(JSON.stringify(here)))
  })
})
