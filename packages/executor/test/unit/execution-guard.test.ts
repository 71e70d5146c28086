import { Ctx, isCanceled, ManualClock, RetryableError } from '@zkstack/concurrency'
import type { ExecutionLayer, Verdict } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { guardExecution, type GuardOutcome } from '../../src/execution-guard.js'
import { RunningCalls } from '../../src/running-calls.js'

type Propose = ExecutionLayer['propose']
type Verify = ExecutionLayer['verify']

function setup(o: { propose?: Propose; verify?: Verify }) {
  const clock = new ManualClock()
  const life = Ctx.root({ clock })
  const outcomes: GuardOutcome[] = []
  const guard = guardExecution({
    execution: {
      propose: o.propose ?? (() => Promise.resolve(null)),
      verify: o.verify ?? (() => Promise.resolve({ ok: true })),
    },
    life,
    calls: new RunningCalls(new ManualClock()),
    onOutcome: (_, outcome) => outcomes.push(outcome),
  })
  const controller = new AbortController()
  return {
    clock,
    life,
    outcomes,
    controller,
    propose: () =>
      guard.propose(
        {
          number: 5n,
          epoch: 0n,
          view: 7n,
          maxBytes: 4,
          deadline: new Date(clock.nowUtc() + 1_000),
        },
        { signal: controller.signal },
      ),
    verify: (signal = controller.signal) =>
      guard.verify(
        { number: 5n, epoch: 0n, payload: new Uint8Array(1), leader: new Uint8Array(32) },
        { signal },
      ),
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const caught = (p: Promise<unknown>): Promise<unknown> => p.catch((e: unknown) => e)
const never = (): Promise<never> => new Promise(() => undefined)

describe('execution guard › propose', () => {
  it('bytes within the limit and null pass through', async () => {
    const payload = new Uint8Array(4)
    const t = setup({ propose: () => Promise.resolve(payload) })
    expect(await t.propose()).toBe(payload)
    expect(await setup({}).propose()).toBeNull()
    expect(t.outcomes).toEqual(['done'])
  })

  it('a payload above maxBytes › PROPOSE_OVERSIZED that names both sizes', async () => {
    const t = setup({ propose: () => Promise.resolve(new Uint8Array(5)) })
    const e = await caught(t.propose())
    expect(e).toMatchObject({ code: 'PROPOSE_OVERSIZED' })
    expect(String(e)).toMatch(/5 bytes.*limit is 4/)
    expect(t.outcomes).toEqual(['failed'])
  })

  it('neither bytes nor null › PROPOSE_FAILED', async () => {
    const t = setup({ propose: () => Promise.resolve('block' as unknown as Uint8Array) })
    expect(await caught(t.propose())).toMatchObject({ code: 'PROPOSE_FAILED' })
  })

  it('RetryableError › passes through: the replica repeats the call', async () => {
    const busy = new RetryableError('busy')
    const t = setup({ propose: () => Promise.reject(busy) })
    expect(await caught(t.propose())).toBe(busy)
  })

  it('any other error, thrown or rejected › PROPOSE_FAILED with the cause, asked once', async () => {
    let calls = 0
    const cause = new Error('no parent')
    const t = setup({
      propose: () => {
        calls += 1
        throw cause
      },
    })
    expect(await caught(t.propose())).toMatchObject({ code: 'PROPOSE_FAILED', cause })
    expect(calls).toBe(1)
  })

  it('an abort error although nobody aborted › PROPOSE_FAILED, not an abort', async () => {
    const t = setup({ propose: () => Promise.reject(new DOMException('gave up', 'AbortError')) })
    const e = await caught(t.propose())
    expect(e).toMatchObject({ code: 'PROPOSE_FAILED' })
    expect(isCanceled(e)).toBe(false)
  })
})

describe('execution guard › verify', () => {
  it('verdicts pass through, good and bad', async () => {
    expect(await setup({}).verify()).toEqual({ ok: true })
    const verdict = { ok: false, reason: 'bad root' } as const
    const t = setup({ verify: () => Promise.resolve(verdict) })
    expect(await t.verify()).toBe(verdict)
    expect(t.outcomes).toEqual(['declined'])
  })

  it('a thrown error › VERIFY_FAILED, which is no verdict', async () => {
    const t = setup({ verify: () => Promise.reject(new Error('database gone')) })
    expect(await caught(t.verify())).toMatchObject({ code: 'VERIFY_FAILED' })
  })

  it('no verdict at all › VERIFY_FAILED', async () => {
    const t = setup({ verify: () => Promise.resolve(undefined as unknown as { ok: true }) })
    expect(await caught(t.verify())).toMatchObject({ code: 'VERIFY_FAILED' })
  })

  it('the caller aborts › its abort at once, heeded or not', async () => {
    const t = setup({ verify: never })
    const result = caught(t.verify())
    await settle()
    t.controller.abort()
    expect(isCanceled(await result)).toBe(true)
    expect(t.outcomes).toEqual(['aborted'])
    expect(t.life.listeners).toBe(0)
  })

  it('four calls that ignore their signal › EXECUTION_STUCK until one ends', async () => {
    const ends: (() => void)[] = []
    const verify = (): Promise<Verdict> =>
      new Promise((resolve) => ends.push(() => resolve({ ok: true })))
    const t = setup({ verify })
    for (let i = 0; i < 4; i++) {
      const controller = new AbortController()
      const aborted = caught(t.verify(controller.signal))
      await settle()
      controller.abort()
      expect(isCanceled(await aborted)).toBe(true)
    }
    expect(await caught(t.verify())).toMatchObject({ code: 'EXECUTION_STUCK' })
    ends[0]?.()
    await settle()
    const again = t.verify()
    await settle()
    ends[4]?.()
    expect(await again).toEqual({ ok: true })
  })
})
