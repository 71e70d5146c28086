import { seededRandom } from '@zkstack/concurrency'
import { describe, expect, test } from 'vitest'
import { planSync } from '../../src/sync/planner.js'
import type { HeightState, SyncInput, SyncState } from '../../src/sync/sync-state.js'
import { SyncWorld, type Planner } from './sync-world.js'

const seed = process.env['SEED'] ?? String(Date.now())

/** Runs of a planner in a world where anything happens in any order, each until everything announced is durable. */
function runWorlds(plan: Planner, runs: number): void {
  for (let run = 0; run < runs; run++) {
    const world = new SyncWorld(plan, seededRandom(`${seed} ${run}`))
    for (let i = 0; i < 400; i++) world.step()
    world.finish()
  }
}

describe(`planner › peers join, leave, stall, lie and prune in any order (SEED=${seed})`, () => {
  test('no height is lost, and memory keeps its bound', () => {
    runWorlds(planSync, 60)
  })
})

/** A planner that changes what the right one makes of some heights. */
function faulty(
  change: (
    input: SyncInput,
    height: bigint,
    before: HeightState | undefined,
    after: HeightState,
  ) => HeightState,
): Planner {
  return (state: SyncState, input: SyncInput) => {
    const planned = planSync(state, input)
    const heights = new Map(planned.state.heights)
    for (const [height, after] of heights)
      heights.set(height, change(input, height, state.heights.get(height), after))
    return { ...planned, state: { ...planned.state, heights } }
  }
}

const isPartOf = (input: SyncInput, height: bigint, from: number): boolean =>
  input.type === 'answered' &&
  height >= input.first + BigInt(from) &&
  height < input.first + BigInt(input.count)

describe('negative control › a planner that', () => {
  const faults: Record<string, Planner> = {
    'waits for a peer that has left': faulty((input, _, before, after) =>
      input.type === 'gone' && before?.type === 'fetching' ? before : after,
    ),
    'takes a short answer for a whole one': faulty((input, height, before, after) =>
      input.type === 'answered' &&
      input.sizes.length > 0 &&
      isPartOf(input, height, input.sizes.length) &&
      before?.type === 'fetching'
        ? { type: 'done', bytes: 0 }
        : after,
    ),
    'skips what a peer has pruned': faulty((input, height, before, after) =>
      input.type === 'answered' && input.sizes.length === 0 && isPartOf(input, height, 0)
        ? { type: 'done', bytes: 0 }
        : after,
    ),
    'takes a wrong block for a right one': faulty((input, height, _, after) =>
      input.type === 'invalid' && input.height === height ? { type: 'done', bytes: 1 } : after,
    ),
    'believes that who failed once fails for ever': faulty((_, __, before, after) =>
      before?.type === 'pending' && after.type === 'pending' && before.failed.length > 0
        ? { ...after, notBefore: Infinity }
        : after,
    ),
    'forgets the first height of a run': (state, input) => {
      const planned = planSync(state, input)
      const heights = new Map(planned.state.heights)
      if (input.type === 'answered' && input.sizes.length === 0) heights.delete(input.first)
      return { ...planned, state: { ...planned.state, heights } }
    },
  }
  test.each(Object.entries(faults))('%s › is found', (_, plan) => {
    expect(() => {
      runWorlds(plan, 20)
    }).toThrow(/lost|asked|verified|verifies|held|counted|place/)
  })
})
