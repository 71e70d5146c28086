import { createCommittee, createStepNetwork } from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'
import { CounterChain, Scheduler, simulate, type SimulationReport } from '@zkstack/executor/testing'
import type { FinalBlock } from '@zkstack/roles'
import { CallRecorder, makeRecordable, recordCalls } from './call-recorder.js'
import { cpuMs } from './cpu-time.js'
import { partCosts, type PartCost } from './part-costs.js'

const validators = 6
const views = 400
/** Timed runs; the median counts. */
const runs = 3
/** Views whose calls are recorded, in the middle of a run. */
const recorded = { from: 300n, views: 60 }

const options = { seed: 1, faults: [], latency: 'lan', executionMs: 1, minBlocks: views } as const

/** What the simulator costs a view next to its parts. */
export interface SimulatorCosts {
  readonly stepMs: number
  readonly stepDeliveries: number
  readonly wholeMs: number
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
  await simulate({ ...options, seed: 0 })
  const times: number[] = []
  let timed: SimulationReport | undefined
  for (let i = 0; i < runs; i++) {
    const startedAt = cpuMs()
    timed = await simulate(options)
    times.push((cpuMs() - startedAt) / Number(timed.stats.views))
  }
  const recorder = new CallRecorder()
  const { digest, stats } = await simulate({
    ...options,
    execution: (node) => (node === 0 ? new RecordedChain(recorder) : new CounterChain()),
  })
  if (digest !== timed?.digest) throw new Error('the recorded run is not the one that was timed')
  const count = Number(stats.views)
  const events = stats.events / count
  const parts = {
    ...partCosts(recorder.calls, recorded.views),
    scheduler: { calls: events, ms: events * (await eventMs()) },
  }
  const wholeMs = times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN
  return { ...measureSteps(), wholeMs, deliveries: stats.deliveries / count, parts }
}

/** Has the calls of some views recorded: those between two blocks of this node. */
class RecordedChain extends CounterChain {
  readonly #recorder: CallRecorder

  constructor(recorder: CallRecorder) {
    super()
    this.#recorder = recorder
  }

  override commit(block: FinalBlock): Promise<void> {
    const { from, views: length } = recorded
    if (block.number === from) recordCalls(this.#recorder)
    if (block.number === from + BigInt(length)) recordCalls(undefined)
    return super.commit(block)
  }
}

/** `step` alone: replicas with stand-in signatures that hand each other messages in memory. */
function measureSteps(): Pick<SimulatorCosts, 'stepMs' | 'stepDeliveries'> {
  runSteps()
  const startedAt = cpuMs()
  const messages = runSteps()
  return {
    stepMs: (cpuMs() - startedAt) / views,
    stepDeliveries: (messages * validators) / views,
  }
}

/** Returns the number of messages sent. */
function runSteps(): number {
  const committee = createCommittee({ validators })
  const network = createStepNetwork({ committee, replica: () => ({ freeze: false }) })
  network.start()
  network.runUntil(
    () => network.nodes.every(({ state }) => state.view >= BigInt(views)),
    10 * views,
  )
  return network.sent.length
}

async function eventMs(): Promise<number> {
  const events = 100_000
  for (let warm = false; ; warm = true) {
    const scheduler = new Scheduler()
    const next = (): void => {
      if (scheduler.events < events) scheduler.in(1, next)
    }
    next()
    const startedAt = cpuMs()
    await scheduler.run(() => false)
    if (warm) return (cpuMs() - startedAt) / events
  }
}
