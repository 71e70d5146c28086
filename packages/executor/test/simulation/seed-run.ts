import {
  describeFault,
  shrinkFaults,
  simulate,
  type SimulationOptions,
  type SimulationReport,
} from '../../testing/index.js'

/** What one seed came to: plain data, so that another process can say it. */
export interface SeedResult {
  readonly seed: string
  readonly digest: string
  readonly views: number
  /** Why the run failed, and the fewest faults that do it, in words; undefined when all invariants held. */
  readonly failure:
    { readonly violations: readonly string[]; readonly faults: readonly string[] } | undefined
}

/** Runs a seed, and looks for the smallest schedule when it fails. */
export async function runSeed(options: SimulationOptions): Promise<SeedResult> {
  return seedResult(await simulate(options), options)
}

/** What a report says, with the smallest schedule when it is of a failure. */
export async function seedResult(
  report: SimulationReport,
  options: SimulationOptions,
): Promise<SeedResult> {
  const { seed, digest, stats, ok } = report
  const views = Number(stats.views)
  if (ok) return { seed, digest, views, failure: undefined }
  // A message that breaks an invariant does so once for each peer that it goes to.
  const violations = new Set(
    report.violations.map(
      ({ invariant, at, node, text }) =>
        `${invariant} at ${Math.round(at)} ms, node ${node ?? '–'}: ${text}`,
    ),
  )
  const { faults } = await shrinkFaults(options)
  const failure = { violations: [...violations], faults: faults.map(describeFault) }
  return { seed, digest, views, failure }
}
