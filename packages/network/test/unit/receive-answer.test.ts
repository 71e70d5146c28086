import { Ctx, ManualClock, seededRandom, type Clock } from '@zkstack/concurrency'
import { generateNodeKey } from '@zkstack/roles'
import { expect, test } from 'vitest'
import { receiveAnswer, type AwaitedAnswer } from '../../src/receive-answer.js'
import { MemoryFrameStream } from '../../src/transport/memory-frame-stream.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'

const timeoutMs = 10_000

/** An answer that is awaited, on a clock that jumps when the process was stopped for a while. */
function asked(o: Partial<AwaitedAnswer> = {}): {
  readonly ctx: Ctx
  readonly theirs: MemoryFrameStream
  readonly outcome: Promise<unknown>
  readonly isOver: () => boolean
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** Lets time pass in which nothing runs. */
  stall(ms: number): Promise<void>
} {
  const manual = new ManualClock()
  let stalledMs = 0
  const clock: Clock = {
    now: () => manual.now() + stalledMs,
    nowUtc: () => manual.nowUtc(),
    setTimer: (at, fire, options) => manual.setTimer(at - stalledMs, fire, options),
  }
  const random = seededRandom(1)
  const ctx = Ctx.root({ clock, random })
  const [ours, theirs] = MemoryFrameStream.pair({
    hub: new MemoryHub({ clock: manual, latencyMs: 0 }),
    from: generateNodeKey(random).publicKey,
    to: generateNodeKey(random).publicKey,
    protocol: 'blocks',
  })
  let over = false
  const end = (): void => {
    over = true
  }
  const outcome = receiveAnswer(ctx, ours, { topic: 'blocks', timeoutMs, ...o }).catch(
    (e: unknown) => e,
  )
  outcome.then(end, end)
  return {
    ctx,
    theirs,
    outcome,
    isOver: () => over,
    pass: (ms) => manual.run(ms),
    stall: async (ms) => {
      stalledMs += ms
      await manual.run(1)
    },
  }
}

test('an answer › it does not come › is NETWORK_TIMEOUT after the timeout, and says what was asked', async () => {
  const call = asked({ asked: 'for block 7' })
  await call.pass(timeoutMs - 1)
  expect(call.isOver()).toBe(false)
  await call.pass(2)
  expect(await call.outcome).toMatchObject({
    code: 'NETWORK_TIMEOUT',
    message: expect.stringContaining('for block 7') as string,
  })
})

test('an answer › it was owed since before › the wait is the shorter for it', async () => {
  const call = asked({ since: -4_000 })
  await call.pass(timeoutMs - 4_000 + 1)
  expect(await call.outcome).toMatchObject({ code: 'NETWORK_TIMEOUT' })
})

test('an answer › our process stands still beyond the timeout › the peer gets as long again', async () => {
  const call = asked()
  await call.pass(timeoutMs - 10)
  await call.stall(60_000)
  await call.pass(100)
  expect(call.isOver()).toBe(false)
  await call.theirs.send(Uint8Array.of(7))
  await call.pass(1)
  expect(await call.outcome).toEqual(Uint8Array.of(7))
})

test('an answer › it does not come after a stall either › is NETWORK_TIMEOUT', async () => {
  const call = asked()
  await call.pass(timeoutMs - 10)
  await call.stall(60_000)
  await call.pass(timeoutMs + 20)
  expect(await call.outcome).toMatchObject({ code: 'NETWORK_TIMEOUT' })
})

test('an answer › the peer ends the stream › is NETWORK_STREAM_RESET', async () => {
  const call = asked()
  await call.theirs.close()
  await call.pass(1)
  expect(await call.outcome).toMatchObject({ code: 'NETWORK_STREAM_RESET' })
})
