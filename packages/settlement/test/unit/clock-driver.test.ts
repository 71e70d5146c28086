import { Ctx, isCanceled, ManualClock, silentLogger } from '@zkstack/concurrency'
import { err, ok } from '@zkstack/crypto'
import { HeadSigns, type L1Client } from '@zkstack/l1'
import { ZERO_HASH } from '@zkstack/pessimistic-proof'
import { describe, expect, it } from 'vitest'
import { ClockDriver } from '../../src/node/clock-driver.js'
import type { ClockEvent } from '../../src/node/clock-event.js'
import { memoryDatabase } from '../../src/storage/memory-database.js'
import type { ClockRecord } from '../../src/storage/records.js'
import { SettlementStore } from '../../src/storage/settlement-store.js'

const blockRecord: ClockRecord = { type: 'block', genesis: 100n, epochDuration: 10n, height: 0n }

/** An L1 that says one head after another, and then that it cannot be asked. */
function heads(...numbers: readonly (bigint | undefined)[]): Pick<L1Client, 'block'> {
  const left = [...numbers]
  return {
    async block() {
      const number = left.shift()
      if (number === undefined)
        return err({ code: 'UNAVAILABLE', message: 'nobody answers', retry: true })
      const unused = { timestamp: 0n, baseFeePerGas: 0n }
      return ok({ number, hash: ZERO_HASH, parentHash: ZERO_HASH, ...unused })
    },
  }
}

async function drive(
  l1: Pick<L1Client, 'block'>,
  o: {
    readonly record?: ClockRecord
    readonly seconds?: number
    readonly signs?: HeadSigns
    readonly pollIntervalMs?: number
    readonly everySecond?: () => void
  } = {},
): Promise<{
  readonly epochs: readonly bigint[]
  readonly events: readonly ClockEvent[]
  readonly store: SettlementStore
}> {
  const { record = blockRecord, seconds = 10 } = o
  const store = await SettlementStore.open(memoryDatabase())
  await store.openEpoch(record.height / record.epochDuration, record)
  const epochs: bigint[] = []
  const events: ClockEvent[] = []
  const clock = new ManualClock()
  using ctx = Ctx.root({ clock })
  const driver = new ClockDriver({
    l1,
    engine: { openEpoch: (epoch, at) => store.openEpoch(epoch, at) },
    record,
    pollIntervalMs: o.pollIntervalMs ?? 1000,
    signs: o.signs ?? new HeadSigns(),
    time: clock,
    logger: silentLogger,
    onEpoch: (epoch) => epochs.push(epoch),
    onEvent: (event) => events.push(event),
  })
  const running = driver.run(ctx).catch((e: unknown) => {
    if (!isCanceled(e)) throw e
  })
  for (let second = 0; second < seconds; second++) {
    await clock.run(1000)
    o.everySecond?.()
  }
  ctx.cancel()
  await running
  return { epochs, events, store }
}

describe('the clock of a settlement node', () => {
  it('opens an epoch as it begins, and packs those that were missed', async () => {
    const { epochs, store } = await drive(heads(101n, 109n, 110n, 110n, 111n, 145n, 145n))
    expect(epochs).toEqual([1n, 4n])
    expect(store.epoch?.number).toBe(4n)
    expect(await store.latestSettledEpoch()).toBe(3n)
    expect(await store.clock()).toMatchObject({ height: 45n })
  })

  it('an epoch ends only when L1 says so twice: one head far ahead would stop the clock for ever', async () => {
    const { epochs, store } = await drive(heads(109n, 2n ** 63n, 110n, 111n, 900n, 112n, 113n))
    expect(epochs).toEqual([1n])
    expect(store.epoch?.number).toBe(1n)
    expect(await store.clock()).toMatchObject({ height: 13n })
  })

  it('an epoch that only one answer ends goes on while L1 gives no other', async () => {
    const { epochs, store } = await drive(heads(109n, 110n, undefined, 109n))
    expect(epochs).toEqual([])
    expect(await store.clock()).toMatchObject({ height: 9n })
  })

  it('stands still while L1 goes back, or does not answer', async () => {
    const { epochs, store } = await drive(heads(110n, 110n, 105n, undefined, 112n))
    expect(epochs).toEqual([1n])
    expect(await store.clock()).toMatchObject({ height: 12n })
  })

  it('tells what L1 answers: heads, those that come late, silence, and that it is asked again', async () => {
    const { events } = await drive(heads(105n, 108n, 107n, 109n, undefined), { seconds: 5 })
    const silence = { type: 'noHead', reason: 'nobody answers' }
    expect(events).toEqual([
      { type: 'head', number: 105n, late: 0n },
      { type: 'head', number: 108n, late: 2n },
      { type: 'head', number: 107n, late: 0n },
      { type: 'head', number: 109n, late: 0n },
      silence,
      { type: 'askedAgain' },
      silence,
    ])
  })

  it('asks at a sign of a new block, and not only when it polls', async () => {
    const signs = new HeadSigns()
    const { store } = await drive(heads(101n, 109n, 115n, 115n), {
      ...{ signs, pollIntervalMs: 3_600_000, seconds: 3 },
      everySecond() {
        signs.tell()
      },
    })
    expect(await store.clock()).toMatchObject({ height: 15n })
  })

  it('asks L1 nothing when it counts seconds', async () => {
    const record = { ...blockRecord, type: 'time', genesis: 0n } as const
    const { events, epochs } = await drive(heads(), { record, seconds: 21 })
    expect(events).toEqual([])
    expect(epochs.at(-1)).toBeGreaterThan(0n)
  })

  it('is at its beginning below the genesis block', async () => {
    const { epochs, store } = await drive(heads(3n, 99n))
    expect(epochs).toEqual([])
    expect(await store.clock()).toMatchObject({ height: 0n })
  })
})
