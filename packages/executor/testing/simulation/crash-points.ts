import { seededRandom } from '@zkstack/concurrency'
import { checkWhole } from './check-simulation.js'
import type { CrashAtWriteFault } from './fault.js'
import { simulate } from './simulate.js'
import type { CrashPoint } from './simulated-machine.js'
import type { SimulationOptions, SimulationReport } from './simulation-options.js'

/** What {@link crashPoints} takes. */
export interface CrashPointOptions extends Omit<SimulationOptions, 'faults' | 'minBlocks'> {
  /** How long the run is, in views; every one gives a block. Default 20. */
  readonly views?: number
  /** Runs only so many of the crashes, drawn from the seed. Default: all. */
  readonly sample?: number
  /** Told after each run. */
  readonly onRun?: (run: {
    readonly done: number
    readonly all: number
    readonly fault: CrashAtWriteFault
    readonly failure: SimulationReport | undefined
  }) => void
}

/** What came out. */
export interface CrashPointReport {
  /** Writes of all nodes in the run without a crash. */
  readonly writes: number
  /** Runs with a crash. */
  readonly runs: number
  /** Those that broke an invariant. */
  readonly failures: readonly {
    readonly fault: CrashAtWriteFault
    readonly report: SimulationReport
  }[]
}

/** The points of a write at which the power goes. */
const points: readonly CrashPoint[] = ['before', 'torn', 'after']

/** How long the node stays away, in view timeouts: the others go on without it, then it catches up. */
const downViews = 0.5

/**
 * For every write that any node makes to its disk in a run: runs in which that node dies just before it, in the middle of it
 * and just after it, and comes back with the disk as it was. All invariants of {@link simulate} must hold in each: nobody votes
 * twice, no block is lost, blocks come again in time, every execution layer gets each height once, in order.
 */
export async function crashPoints(o: CrashPointOptions): Promise<CrashPointReport> {
  const { views = 20, sample, onRun = () => undefined, ...rest } = o
  checkWhole('sample', sample, 1)
  const options = { latency: 'lan', executionMs: 1, ...rest, minBlocks: views } as const
  const base = await simulate({ ...options, faults: [] })
  if (!base.ok) throw new RangeError('the run without a crash breaks an invariant already')
  const downMs = downViews * (options.viewTimeoutMs ?? 1_000)
  const all = base.stats.writes.flatMap((writes, node) =>
    Array.from({ length: writes }, (_, i) =>
      points.map((point): CrashAtWriteFault => {
        return { type: 'crashAtWrite', node, write: i + 1, point, downMs }
      }),
    ).flat(),
  )
  const chosen = sample === undefined ? all : draw(all, sample, String(o.seed))
  const failures: { fault: CrashAtWriteFault; report: SimulationReport }[] = []
  for (const [i, fault] of chosen.entries()) {
    // A little longer, so that the last write is not the end.
    const report = await simulate({ ...options, minBlocks: views + 2, faults: [fault] })
    const failure = report.ok && report.stats.restarts === 1 ? undefined : report
    if (failure !== undefined) failures.push({ fault, report })
    onRun({ done: i + 1, all: chosen.length, fault, failure })
  }
  const writes = base.stats.writes.reduce((a, b) => a + b, 0)
  return { writes, runs: chosen.length, failures }
}

function draw<T>(all: readonly T[], count: number, seed: string): T[] {
  const random = seededRandom(`crash points ${seed}`)
  const rest = [...all]
  return Array.from({ length: Math.min(count, all.length) }, () =>
    rest.splice(random.uint32() % rest.length, 1),
  ).flat()
}
