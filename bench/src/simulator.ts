import { createHash } from 'node:crypto'
import { createCommittee, createStepNetwork, type StepNetwork } from '@zkstack/bft/testing'
import { loadCryptoBackends } from '@zkstack/crypto'
import { Scheduler, simulate } from '@zkstack/executor/testing'
import { decodeSigned, encodeReplicaState, encodeSigned, type Signed } from '@zkstack/roles'

/** A simulator of whole nodes can cost no less than the parts that every message passes, each timed alone. */
const validators = 6
const warmUpViews = 50
const views = 400

/** Records that a write puts a SHA-256 on: the value, the head and the witness. */
const checksumsPerSave = 3

/** CPU time of this process in seconds: what else runs on the machine does not count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function seconds(work: () => void): number {
  const startedAt = cpuSeconds()
  work()
  return cpuSeconds() - startedAt
}

/** `step` alone: replicas with stand-in signatures that hand each other messages in memory. */
function runSteps(count: number): StepNetwork {
  const committee = createCommittee({ validators })
  const network = createStepNetwork({ committee, replica: () => ({ freeze: false }) })
  network.start()
  const goal = BigInt(count)
  network.runUntil(() => network.nodes.every(({ state }) => state.view >= goal), 10 * count)
  return network
}

function microseconds(times: number, work: () => void): number {
  for (let i = 0; i < times / 10; i++) work()
  return (
    (seconds(() => {
      for (let i = 0; i < times; i++) work()
    }) *
      1e6) /
    times
  )
}

/** What encoding and decoding a message costs, in microseconds, over those of a run. */
function codecCosts(
  sent: readonly Signed[],
  network: StepNetwork,
): { encode: number; decode: number } {
  const { scheme } = network.committee.schedule
  const sample = sent.slice(-1_300)
  const frames = sample.map((message) => encodeSigned(message))
  const encode = seconds(() => {
    for (const message of sample) encodeSigned(message)
  })
  const decode = seconds(() => {
    for (const frame of frames) decodeSigned(frame, scheme)
  })
  return { encode: (encode * 1e6) / sample.length, decode: (decode * 1e6) / sample.length }
}

async function eventCost(): Promise<number> {
  const scheduler = new Scheduler()
  const events = 100_000
  const next = (): void => {
    if (scheduler.events < events) scheduler.in(1, next)
  }
  next()
  const startedAt = cpuSeconds()
  await scheduler.run(() => false)
  return ((cpuSeconds() - startedAt) * 1e6) / events
}

async function main(): Promise<void> {
  await loadCryptoBackends()
  const options = { faults: [], latency: 'lan', executionMs: 1 } as const
  await simulate({ ...options, seed: 0, minBlocks: warmUpViews })
  const startedAt = cpuSeconds()
  const { stats } = await simulate({ ...options, seed: 1, minBlocks: views })
  const wholeMs = ((cpuSeconds() - startedAt) * 1000) / Number(stats.views)

  runSteps(views)
  let network: StepNetwork | undefined
  const stepMs = (seconds(() => (network = runSteps(views))) * 1000) / views
  if (network === undefined) throw new TypeError('no run')
  const sent = network.sent.map(({ message }) => message)
  codecCosts(sent, network)
  const { encode, decode } = codecCosts(sent, network)
  const state = network.nodes[0]?.disk.load()
  if (state === undefined) throw new TypeError('no state was saved')
  const stateBytes = encodeReplicaState(state)
  const stateUs = microseconds(20_000, () => encodeReplicaState(state))
  const sha256Us = microseconds(50_000, () => createHash('sha256').update(stateBytes).digest())
  const perView = {
    messages: sent.length / views,
    deliveries: stats.deliveries / Number(stats.views),
    events: stats.events / Number(stats.views),
    saves: stats.writes.reduce((a, b) => a + b, 0) / 2 / Number(stats.views),
  }
  const parts = {
    step: stepMs,
    codec:
      (perView.messages * encode + perView.deliveries * decode + perView.saves * stateUs) / 1e3,
    hash: (perView.saves * checksumsPerSave * sha256Us) / 1e3,
    scheduler: (perView.events * (await eventCost())) / 1e3,
  }
  const floorMs = Object.values(parts).reduce((a, b) => a + b)
  const figures = Object.entries(parts).map(([name, ms]) => `${name} ${ms.toFixed(2)}`)
  process.stdout.write(
    [
      `simulator::step/n=${validators}: ${(1000 / stepMs).toFixed(0)} views/s, ${(perView.messages * validators).toFixed(0)} deliveries a view`,
      `simulator::whole/n=${validators}: ${(1000 / wholeMs).toFixed(0)} views/s, ${wholeMs.toFixed(2)} ms a view, ` +
        `${perView.deliveries.toFixed(0)} deliveries over the network, ${perView.events.toFixed(0)} events`,
      `  floor ${floorMs.toFixed(2)} ms (${figures.join(', ')}), ${((100 * floorMs) / wholeMs).toFixed(0)} % of it reached`,
      '',
    ].join('\n'),
  )
}

await main()
