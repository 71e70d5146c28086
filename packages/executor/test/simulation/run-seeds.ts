import { createHash } from 'node:crypto'
import type { SeedResult } from './seed-run.js'

/** Runs one seed after another. */
export type SeedRunner = (seed: string) => Promise<SeedResult>

/** What {@link runSeeds} takes. */
export interface RunSeedsOptions {
  readonly from: number
  readonly seeds: number
  /** Each takes the next seed when it has done with the last. */
  readonly runners: readonly SeedRunner[]
  /** Called after each seed, in the order in which they end. */
  readonly onResult?: (result: SeedResult, done: number) => void
}

/** What all seeds came to; the same for any number of runners. */
export interface SeedSummary {
  readonly seeds: number
  readonly views: number
  /** Those that failed, in ascending order. */
  readonly failed: readonly SeedResult[]
  /** SHA-256 over the digests of all seeds in ascending order, in hex. */
  readonly digest: string
}

/** Runs many seeds. @throws whatever a runner throws. */
export async function runSeeds(o: RunSeedsOptions): Promise<SeedSummary> {
  const results: SeedResult[] = []
  let [begun, done] = [0, 0]
  const work = async (run: SeedRunner): Promise<void> => {
    while (begun < o.seeds) {
      const index = begun++
      const result = await run(String(o.from + index))
      results[index] = result
      done += 1
      o.onResult?.(result, done)
    }
  }
  await Promise.all(o.runners.map(work))
  const hash = createHash('sha256')
  for (const { digest } of results) hash.update(digest)
  return {
    seeds: results.length,
    views: results.reduce((sum, { views }) => sum + views, 0),
    failed: results.filter(({ failure }) => failure !== undefined),
    digest: hash.digest('hex'),
  }
}
