import type { Fault } from './fault.js'
import { simulate } from './simulate.js'
import type { SimulationOptions, SimulationReport } from './simulation-options.js'

/** What {@link shrinkFaults} takes beside the options of the run. */
export interface ShrinkOptions {
  /** Runs at most. Default 200. */
  readonly maxRuns?: number
  /** Told after each run how many faults are left. */
  readonly onProgress?: (faults: number, runs: number) => void
}

/**
 * Repeats a run that breaks an invariant with fewer and fewer faults, as long as it still breaks the same one, and returns the
 * report of the smallest: taking any single fault away from it mends the run (delta debugging). A run that is well is
 * returned as it is.
 *
 * @see A. Zeller, R. Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28(2), 2002
 */
export async function shrinkFaults(
  options: SimulationOptions,
  { maxRuns = 200, onProgress = () => undefined }: ShrinkOptions = {},
): Promise<SimulationReport> {
  let smallest = await simulate(options)
  const invariant = smallest.violations[0]?.invariant
  let runs = 1
  for (let parts = 2; invariant !== undefined && smallest.faults.length > 0;) {
    const { faults } = smallest
    const found = await firstFailure(without(faults, parts), async (rest) => {
      if (runs >= maxRuns) return undefined
      runs += 1
      const report = await simulate({ ...options, faults: rest })
      return report.violations[0]?.invariant === invariant ? report : undefined
    })
    smallest = found ?? smallest
    onProgress(smallest.faults.length, runs)
    if (runs >= maxRuns) break
    if (found !== undefined) parts = Math.max(2, parts - 1)
    else if (parts >= faults.length) break
    else parts = Math.min(faults.length, 2 * parts)
  }
  return smallest
}

/** The lists that are left when one of so many parts is taken away. */
function without(faults: readonly Fault[], parts: number): Fault[][] {
  const size = Math.ceil(faults.length / parts)
  const lists: Fault[][] = []
  for (let from = 0; from < faults.length; from += size) {
    lists.push([...faults.slice(0, from), ...faults.slice(from + size)])
  }
  return lists
}

async function firstFailure(
  lists: readonly Fault[][],
  run: (faults: Fault[]) => Promise<SimulationReport | undefined>,
): Promise<SimulationReport | undefined> {
  for (const faults of lists) {
    const report = await run(faults)
    if (report !== undefined) return report
  }
  return undefined
}
