import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ctx, isCanceled } from '@zkstack/concurrency'
import {
  MemoryEventSink,
  startAnvil,
  startFaultyRpc,
  type Anvil,
  type RpcFault,
} from '@zkstack/l1/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createL1Client,
  newHeads,
  runEventReader,
  type EventReaderError,
  type EventReaderOptions,
  type L1ClientOptions,
} from '../../src/index.js'
import { deploy, emission, emit, emitted, emitter } from '../helpers/emitter.js'
import { eventually } from '../helpers/eventually.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'

const filter = { addresses: [emitter], topics: [[emitted]] }

printSeedOnFailure()

let anvil: Anvil
let sink: MemoryEventSink
let open: AsyncDisposable[]

beforeEach(async () => {
  anvil = await startAnvil()
  sink = new MemoryEventSink()
  open = [anvil]
  await deploy(anvil)
})
afterEach(async () => {
  for (const one of open.reverse()) await one[Symbol.asyncDispose]()
})

/** Runs a reader until the end of the test; disposing of it waits for its end. */
function read(
  endpoints: readonly string[] = [anvil.url],
  o: Partial<EventReaderOptions> = {},
  c: Partial<L1ClientOptions> = {},
): { readonly ended: Promise<EventReaderError | undefined>; stop(): Promise<void> } {
  const client = createL1Client({
    ...{ chainId: 1337n, endpoints, minRestMs: 5, maxRestMs: 20, timeoutMs: 500 },
    ...c,
  })
  const ctx = Ctx.root()
  const ended = runEventReader(ctx, {
    ...{ client, filter, startBlock: 0n, sink, pollMs: 20, maxPauseMs: 50 },
    ...o,
  }).catch((e: unknown) => {
    if (isCanceled(e)) return undefined
    throw e
  })
  const stop = async (): Promise<void> => {
    ctx.cancel()
    await ended
  }
  open.push({ [Symbol.asyncDispose]: stop })
  return { ended, stop }
}

const valuesIn = (of: MemoryEventSink) =>
  of.events.map(({ data }) => (data[30] ?? 0) * 256 + (data[31] ?? 0))
const got = (values: readonly number[]) => () => valuesIn(sink).join() === values.join()

/** The values of the chain itself, asked for without any client. */
async function values(): Promise<number[]> {
  const logs = await anvil.request('eth_getLogs', [
    { fromBlock: '0x0', address: emission(0)['to'] },
  ])
  return (logs as { data: string }[]).map(({ data }) => Number.parseInt(data, 16))
}

async function caughtUp(): Promise<boolean> {
  return sink.next === (await anvil.blockNumber()) + 1n && got(await values())()
}

describe('events of a real node', () => {
  it('are read as they come, with the times of their blocks, and from the cursor on after a restart', async () => {
    const first = read()
    for (const value of [1, 2]) await emit(anvil, value)
    await eventually(got([1, 2]), 'two events')
    await first.stop()
    for (const value of [3, 4]) await emit(anvil, value)
    read()
    await eventually(got([1, 2, 3, 4]), 'four events')
    expect(sink.changes.some(({ type }) => type === 'rollback')).toBe(false)
    const times = sink.events.map(({ blockTimestamp }) => blockTimestamp)
    expect(times).toEqual([...times].sort((a, b) => Number(a - b)))
    expect(Number(times[0])).toBeGreaterThan(1_600_000_000)
  })

  it('a reorg replaces blocks › their events are taken back, and the new ones come', async () => {
    read()
    for (const value of [1, 2, 3]) await emit(anvil, value)
    await eventually(got([1, 2, 3]), 'three events')
    const head = await anvil.blockNumber()
    await anvil.reorg(2, [
      [emission(12), 0],
      [emission(13), 1],
    ])
    await eventually(got([1, 12, 13]), 'events of the other branch')
    const rollbacks = sink.changes.filter(({ type }) => type === 'rollback')
    expect(rollbacks).toEqual([{ type: 'rollback', fromBlock: head - 1n }])
  })

  it('finality comes late › finalized events wait for it, and are told final as it comes', async () => {
    read([anvil.url], { policy: { tag: 'finalized', confirmations: 1 } })
    const latest = new MemoryEventSink()
    read([anvil.url], { sink: latest })
    for (const value of [1, 2, 3]) await emit(anvil, value)
    await eventually(() => valuesIn(latest).join() === '1,2,3', 'latest events')
    const head = await anvil.blockNumber()
    await eventually(() => sink.next === head - 3n, 'finalized blocks')
    expect(valuesIn(sink)).toEqual([])
    await anvil.mine(2)
    await eventually(got([1]), 'one final event')
    await anvil.mine(2)
    await eventually(got([1, 2, 3]), 'all final events')
    await eventually(() => sink.finalTo === head && latest.finalTo === head, 'finality')
  })

  it('confirmations › an event under n blocks, its own included, is read, and not before', async () => {
    read([anvil.url], { policy: { tag: 'latest', confirmations: 3 } })
    await emit(anvil, 1)
    const block = await anvil.blockNumber()
    await anvil.mine(1)
    await eventually(() => sink.next === block, 'the block before')
    await anvil.mine(1)
    await eventually(got([1]), 'the event under its third block')
  })

  it('the node dies and comes back with an older state › what it forgot is taken back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anvil-'))
    const stateful = await startAnvil({ state: join(folder, 'state.json') })
    open.unshift({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
    open.push(stateful)
    anvil = stateful
    await deploy(anvil)
    read()
    await emit(anvil, 1)
    await anvil.stop()
    await anvil.restart()
    for (const value of [2, 3]) await emit(anvil, value)
    await eventually(got([1, 2, 3]), 'three events')
    await anvil.kill()
    await anvil.restart()
    for (let value = 10; value < 15; value++) await emit(anvil, value)
    await eventually(caughtUp, 'the events of the chain as it is now')
    expect(valuesIn(sink)).toEqual(await values())
    expect(valuesIn(sink).at(-1)).toBe(14)
  })

  it('a node allows few blocks at once › ranges are halved until they fit', async () => {
    for (let value = 1; value < 30; value++) await emit(anvil, value)
    await anvil.mine(10)
    const strict = await startFaultyRpc(anvil.url)
    open.push(strict)
    const spans: number[] = []
    strict.fault = ({ method, params }) => {
      const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: string; toBlock?: string }
      if (method !== 'eth_getLogs' || fromBlock === undefined) return undefined
      spans.push(Number(toBlock) - Number(fromBlock) + 1)
      return (spans.at(-1) ?? 0) > 5
        ? { type: 'error', code: -32_602, message: 'query exceeds max block range 5' }
        : undefined
    }
    read([strict.url], {}, { timeoutMs: 15_000 })
    await eventually(caughtUp, 'all events')
    expect(spans[0]).toBeGreaterThan(30)
    expect(Math.max(...spans.slice(8))).toBeLessThanOrEqual(6)
  })

  it('a finalized block is replaced › the reader ends and says so', async () => {
    const { ended } = read()
    for (let value = 1; value < 8; value++) await emit(anvil, value)
    await eventually(() => sink.finalTo >= 3n && valuesIn(sink).length === 7, 'finality')
    await anvil.reorg(6)
    expect(await ended).toMatchObject({ code: 'FINALIZED_REORG' })
    expect(valuesIn(sink)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('a cursor of another filter › the reader refuses it', async () => {
    const first = read()
    await eventually(() => sink.next !== undefined, 'a first change')
    await first.stop()
    const other = read([anvil.url], { filter: { addresses: [emitter] } })
    expect(await other.ended).toMatchObject({ code: 'CURSOR_MISMATCH' })
  })
})

describe('events of several nodes', () => {
  it('endpoints drop, stall, truncate and lie at random, and the chain reorganises › every event once', async () => {
    const random = testRandom('endpoints')
    const chance = (p: number) => random.float() < p
    const zero = `0x${'00'.repeat(32)}`
    const lie = (result: unknown): unknown => {
      if (Array.isArray(result)) return result.map((log: object) => ({ ...log, blockHash: zero }))
      if (typeof result !== 'object' || result === null) return '0x2'
      return chance(0.5) ? { ...result, number: '0x1' } : { ...result, hash: 7 }
    }
    const faults: readonly RpcFault[] = [
      { type: 'drop' },
      { type: 'lose' },
      { type: 'delay', ms: 30 },
      { type: 'status', status: 503 },
      { type: 'status', status: 429 },
      { type: 'truncate', bytes: 40 },
      { type: 'error', code: -32_000, message: 'header not found' },
      { type: 'change', change: lie },
      { type: 'change', change: () => null },
    ]
    const rpcs = [await startFaultyRpc(anvil.url), await startFaultyRpc(anvil.url)]
    open.push(...rpcs)
    for (const rpc of rpcs)
      rpc.fault = () =>
        chance(0.25) ? faults[Math.floor(random.float() * faults.length)] : undefined
    read(rpcs.map(({ url }) => url))
    for (let value = 1; value <= 60; value++) {
      await emit(anvil, value)
      if (value % 10 === 0) await anvil.reorg(2, [[emission(100 + value), 0]])
      if (chance(0.3)) await new Promise((resolve) => setTimeout(resolve, 40))
    }
    await eventually(caughtUp, 'all events')
    expect(sink.events.length).toBeGreaterThan(40)
  })

  it('one dies while events are read › the other goes on', async () => {
    const rpc = await startFaultyRpc(anvil.url)
    read([rpc.url, anvil.url])
    await emit(anvil, 1)
    await eventually(got([1]), 'the first event')
    await rpc[Symbol.asyncDispose]()
    await emit(anvil, 2)
    await eventually(got([1, 2]), 'the second event')
  })

  it('one is of another chain › its events never count', async () => {
    const other = await startAnvil({ chainId: 7 })
    open.push(other)
    await deploy(other)
    await emit(other, 99)
    read([other.url, anvil.url])
    await emit(anvil, 1)
    await eventually(got([1]), 'the event of the right chain')
  })
})

describe('new heads', () => {
  const hour = 3_600_000

  it('wake a reader that would sleep, also after the node was away (agglayer #919, PRs #902, #930)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anvil-'))
    open.unshift({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) })
    anvil = await startAnvil({ state: join(folder, 'state.json') })
    open.push(anvil)
    await deploy(anvil)
    const heads = newHeads({ chainId: 1337n, url: anvil.wsUrl, minPauseMs: 10, maxPauseMs: 20 })
    read([anvil.url], { heads, pollMs: hour, maxPauseMs: 50 })
    for (const value of [1, 2]) {
      await emit(anvil, value)
      await eventually(got([1, 2].slice(0, value)), `event ${value}`)
    }
    await anvil.stop()
    await anvil.restart()
    await emit(anvil, 3)
    await eventually(got([1, 2, 3]), 'the event after the restart')
  })

  it('nobody listens there, or it is of another chain › the reader polls', async () => {
    const other = await startAnvil({ chainId: 7, blockTimeSeconds: 1 })
    open.push(other)
    for (const url of ['ws://127.0.0.1:1', other.wsUrl]) {
      const own = new MemoryEventSink()
      const heads = newHeads({ chainId: 1337n, url, minPauseMs: hour })
      read([anvil.url], { heads, sink: own })
      await emit(anvil, 5)
      await eventually(() => valuesIn(own).at(-1) === 5, 'the event')
    }
  })
})
