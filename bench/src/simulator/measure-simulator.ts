import { createCommittee, createStepNetwork } from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'
import { CounterChain, simulate, type SimulationReport } from '@zkstack/executor/testing'
import type { FinalBlock } from '@zkstack/roles'
import { CallRecorder, makeLogsRecordable, makeRecordable, recordCalls } from './call-recorder.js'
import { processMs, threadMs } from './cpu-time.js'
import { partCosts, type PartCost } from './part-costs.js'
import { recordSchedule, scheduleMs } from './schedule-recorder.js'

const validators = 6
/** Of `step` alone. */
const stepViews = 400
/** Of a whole run: the engine compiles the code of whole nodes, of which each part runs a few times a view, over a thousand views. */
const wholeViews = 1_600
const warmUpViews = 1_100n
/** Timed runs, each of so many windows once it is warm; of these the least counts, as of the rounds of the parts. */
const runs = 3
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

/** What the simulator costs a view next to its parts. */
export interface SimulatorCosts {
  readonly stepMs: number
  readonly stepDeliveries: number
  /** Of the thread that runs it. */
  readonly wholeMs: number
  /** The same with the engine's own threads, which collect and compile beside it. */
  readonly processMs: number
  readonly deliveries: number
  readonly parts: Readonly<Record<string, PartCost>>
}

/**
 * Times whole runs, then the calls that one of them makes of the parts that no view can do without: the very calls, with
 * their arguments, made alone in the same process.
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
  const windows: Window[] = []
  let timed: SimulationReport | undefined
  for (let i = 0; i < runs; i++) timed = await simulateWith(timeWindows(windows))
  const recorder = new CallRecorder()
  const { report, schedule } = await recordSchedule(() =>
    simulateWith((block) => {
      if (block === recordedFrom) recordCalls(recorder)
      if (block === recordedFrom + BigInt(windowViews)) recordCalls(undefined)
    }),
  )
  const { digest, stats } = report
  if (digest !== timed?.digest) throw new Error('the recorded run is not the one that was timed')
  const count = Number(stats.views)
  const parts = {
    ...partCosts(recorder.calls, windowViews),
    scheduler: {
      calls: schedule.events / count,
      ms: (await scheduleMs(schedule, runs)) / count,
    },
  }
  return {
    ...measureSteps(),
    wholeMs: Math.min(...windows.map(({ ofThread }) => ofThread)),
    processMs: Math.min(...windows.map(({ ofProcess }) => ofProcess)),
    deliveries: stats.deliveries / count,
    parts,
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

/** CPU time of a view, in milliseconds. */
interface Window {
  readonly ofThread: number
  readonly ofProcess: number
}

/** Adds the CPU time that a view takes, for each window of a run. */
function timeWindows(windows: Window[]): (block: bigint) => void {
  let since: Window | undefined
  return (block) => {
    if (block < warmUpViews || (block - warmUpViews) % BigInt(windowViews) !== 0n) return
    const now = { ofThread: threadMs(), ofProcess: processMs() }
    if (since !== undefined) {
      windows.push({
        ofThread: (now.ofThread - since.ofThread) / windowViews,
        ofProcess: (now.ofProcess - since.ofProcess) / windowViews,
      })
    }
    since = now
  }
}

/** `step` alone: replicas with stand-in signatures that hand each other messages in memory. */
function measureSteps(): Pick<SimulatorCosts, 'stepMs' | 'stepDeliveries'> {
  let [messages, stepMs] = [runSteps(), Infinity]
  for (let i = 0; i < runs; i++) {
    const startedAt = threadMs()
    messages = runSteps()
    stepMs = Math.min(stepMs, (threadMs() - startedAt) / stepViews)
  }
  return { stepMs, stepDeliveries: (messages * validators) / stepViews }
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
