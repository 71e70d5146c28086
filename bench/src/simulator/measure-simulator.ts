import { createCommittee, createStepNetwork } from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'
import { CounterChain, simulate, type SimulationReport } from '@zkstack/executor/testing'
import type { FinalBlock } from '@zkstack/roles'
import { CallRecorder, makeLogsRecordable, makeRecordable, recordCalls } from './call-recorder.js'
import { median } from '../quantile.js'
import { processMs, threadMs } from './cpu-time.js'
import { partNames, PartRounds, type PartCost, type PartName } from './part-costs.js'
import { recordSchedule, scheduleMs } from './schedule-recorder.js'

const validators = 6
/** Of `step` alone. */
const stepViews = 400
const stepRuns = 7
/** Of a whole run: the engine compiles the code of whole nodes, of which each part runs a few times a view, over a thousand views. */
const wholeViews = 1_600
const warmUpViews = 1_100n
/** Timed runs, each of so many windows once it is warm. */
const runs = 3
/** Rounds of the parts before they count. */
const warmUpRounds = 20
/** Views of a window, and views whose calls are recorded. */
const windowViews = 60
const recordedFrom = 1_200n

const options = {
  seed: 1,
  faults: [],
  latency: 'lan',
  executionMs: 1,
  minBlocks: wholeViews,
} as const

/** What the simulator costs a view next to its parts; medians, in milliseconds of CPU time. */
export interface SimulatorCosts {
  readonly stepMs: number
  readonly stepDeliveries: number
  /** Of the thread that runs it. */
  readonly wholeMs: number
  /** The same with the engine's own threads, which collect and compile beside it. */
  readonly processMs: number
  readonly deliveries: number
  readonly parts: Readonly<Record<TimedPart, PartCost>>
  /** How much of a view its parts take; each window next to a round of the parts. Of those that every simulator needs, and of all. */
  readonly reached: { readonly least: number; readonly all: number }
  readonly windows: number
}

/** Parts of a view. */
export type TimedPart = PartName | 'scheduler'

/** What every simulator of this protocol needs; the floor without the rest. */
export const leastParts: readonly TimedPart[] = ['step', 'codec', 'hash', 'scheduler']

/**
 * Times windows of whole runs, and between them the calls that such a window makes of the parts that no view can do without: the very
 * calls, with their arguments, made alone in the same process. A machine that is slower for a while is so for both.
 */
export async function measureSimulator(): Promise<SimulatorCosts> {
  makeRecordable(standInScheme, [
    'sign',
    'verify',
    'aggregate',
    'extendAggregate',
    'verifyAggregate',
  ])
  makeLogsRecordable()
  const recorder = new CallRecorder()
  const { report, schedule } = await recordSchedule(() =>
    simulateWith((block) => {
      if (block === recordedFrom) recordCalls(recorder)
      if (block === recordedFrom + BigInt(windowViews)) recordCalls(undefined)
    }),
  )
  const { digest, stats } = report
  const views = Number(stats.views)
  const rounds = new PartRounds(recorder.calls, windowViews)
  for (let i = 0; i < warmUpRounds; i++) rounds.time()
  const windows: Window[] = []
  const schedulerMs: number[] = []
  for (let i = 0; i < runs; i++) {
    const timed = await simulateWith(timeWindows(windows, rounds))
    if (digest !== timed.digest) throw new Error('the recorded run is not the one that was timed')
    schedulerMs.push((await scheduleMs(schedule)) / views)
  }
  const scheduler = { calls: schedule.events / views, ms: median(schedulerMs) }
  const reached = (parts: readonly TimedPart[]): number =>
    median(
      windows.map(({ ofThread, ofParts }) => {
        const each = { ...ofParts, scheduler: scheduler.ms }
        return parts.reduce((sum, part) => sum + each[part], 0) / ofThread
      }),
    )
  return {
    ...measureSteps(),
    wholeMs: median(windows.map(({ ofThread }) => ofThread)),
    processMs: median(windows.map(({ ofProcess }) => ofProcess)),
    deliveries: stats.deliveries / views,
    parts: { ...rounds.costs(windows.length), scheduler },
    reached: { least: reached(leastParts), all: reached([...partNames, 'scheduler']) },
    windows: windows.length,
  }
}

/** A run that says which block a node commits. */
function simulateWith(onBlock: (block: bigint) => void): Promise<SimulationReport> {
  const execution = (node: number): CounterChain =>
    node === 0 ? new ObservedChain(onBlock) : new CounterChain()
  return simulate({ ...options, execution })
}

class ObservedChain extends CounterChain {
  readonly #onBlock: (block: bigint) => void

  constructor(onBlock: (block: bigint) => void) {
    super()
    this.#onBlock = onBlock
  }

  override commit(block: FinalBlock): Promise<void> {
    this.#onBlock(block.number)
    return super.commit(block)
  }
}

/** CPU time of a view, in milliseconds, and of a round of the parts right after it. */
interface Window {
  readonly ofThread: number
  readonly ofProcess: number
  readonly ofParts: Readonly<Record<PartName, number>>
}

/** Adds the CPU time that a view takes, for each window of a run. */
function timeWindows(windows: Window[], rounds: PartRounds): (block: bigint) => void {
  let since: { readonly thread: number; readonly process: number } | undefined
  return (block) => {
    if (block < warmUpViews || (block - warmUpViews) % BigInt(windowViews) !== 0n) return
    if (since !== undefined) {
      windows.push({
        ofThread: (threadMs() - since.thread) / windowViews,
        ofProcess: (processMs() - since.process) / windowViews,
        ofParts: rounds.time(),
      })
    }
    since = { thread: threadMs(), process: processMs() }
  }
}

/** `step` alone: replicas with stand-in signatures that hand each other messages in memory. */
function measureSteps(): Pick<SimulatorCosts, 'stepMs' | 'stepDeliveries'> {
  let messages = runSteps()
  const stepMs: number[] = []
  for (let i = 0; i < stepRuns; i++) {
    const startedAt = threadMs()
    messages = runSteps()
    stepMs.push((threadMs() - startedAt) / stepViews)
  }
  return { stepMs: median(stepMs), stepDeliveries: (messages * validators) / stepViews }
}

/** Returns the number of messages sent. */
function runSteps(): number {
  const committee = createCommittee({ validators })
  const network = createStepNetwork({ committee, replica: () => ({ freeze: false }) })
  network.start()
  network.runUntil(
    () => network.nodes.every(({ state }) => state.view >= BigInt(stepViews)),
    10 * stepViews,
  )
  return network.sent.length
}
