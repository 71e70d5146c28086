import {
  Ctx,
  isCanceled,
  ManualClock,
  RetryableError,
  seededRandom,
  Watch,
} from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import { CommitDriver, type CommitDriverInit } from '../../src/commit-driver.js'
import type { NodeError } from '../../src/errors.js'
import { RunningCalls } from '../../src/running-calls.js'
import { FakeStore } from './fixtures.js'

type Hooks = Partial<Pick<CommitDriverInit, 'expect' | 'advance'>>

type Commit = (number: bigint, signal: AbortSignal) => Promise<void>

function setup(store: FakeStore, commit: Commit, from = 0n, hooks: Hooks = {}) {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom('commit') })
  const applied = new Watch(from)
  const warnings: NodeError[] = []
  const committed: bigint[] = []
  const driver = new CommitDriver({
    execution: { commit: (block, o) => commit(block.number, o.signal) },
    store,
    range: store.watch,
    applied,
    warn: (e) => warnings.push(e),
    calls: new RunningCalls(new ManualClock()),
    expect: () => Promise.resolve(),
    advance: () => Promise.resolve(),
    onCommitted: (block) => committed.push(block.number),
    ...hooks,
  })
  const failure = driver.run(ctx).catch((e: unknown) => e)
  return { clock, ctx, applied, warnings, committed, failure }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('commit driver', () => {
  it('stored blocks, then new ones › each is committed once, in order, and applied follows', async () => {
    const store = new FakeStore(0n, 3)
    const calls: bigint[] = []
    const t = setup(store, (n) => Promise.resolve(void calls.push(n)), 1n)
    await settle()
    expect(calls).toEqual([1n, 2n])
    store.grow(2)
    await settle()
    expect(calls).toEqual([1n, 2n, 3n, 4n])
    expect(t.committed).toEqual(calls)
    expect(t.applied.value).toBe(5n)
    t.ctx.cancel()
    expect(isCanceled(await t.failure)).toBe(true)
  })

  it('who makes the next block is not known yet › the block is committed, and applied waits', async () => {
    const store = new FakeStore(0n, 2)
    const calls: bigint[] = []
    let know = (): void => undefined
    const asked: bigint[] = []
    const t = setup(store, (n) => Promise.resolve(void calls.push(n)), 0n, {
      advance: (_, next) => {
        asked.push(next)
        return new Promise((resolve) => (know = resolve))
      },
    })
    await settle()
    expect([calls, asked, t.applied.value]).toEqual([[0n], [1n], 0n])
    know()
    await settle()
    expect([calls, asked, t.applied.value]).toEqual([[0n, 1n], [1n, 2n], 1n])
    know()
    t.ctx.cancel()
    await t.failure
  })

  it('a block of the wrong committee › is not committed, and ends the node', async () => {
    const calls: bigint[] = []
    const t = setup(new FakeStore(0n, 1), (n) => Promise.resolve(void calls.push(n)), 0n, {
      expect: () => Promise.reject(new Error('of another epoch')),
    })
    expect(await t.failure).toMatchObject({ message: 'of another epoch' })
    expect(calls).toEqual([])
  })

  it('a commit that is not done › the next one waits, and applied stays', async () => {
    const store = new FakeStore(0n, 2)
    const calls: bigint[] = []
    let finish = (): void => undefined
    const t = setup(store, (n) => {
      calls.push(n)
      return new Promise((resolve) => (finish = resolve))
    })
    await settle()
    expect(calls).toEqual([0n])
    expect(t.applied.value).toBe(0n)
    finish()
    await settle()
    expect(calls).toEqual([0n, 1n])
    expect(t.applied.value).toBe(1n)
    t.ctx.cancel()
    await t.failure
  })

  it('RetryableError › the same block again with growing waits, a warning each, then it goes on', async () => {
    const store = new FakeStore(0n, 1)
    let failures = 3
    const calls: bigint[] = []
    const t = setup(store, (n) => {
      calls.push(n)
      return failures-- > 0 ? Promise.reject(new RetryableError('disk busy')) : Promise.resolve()
    })
    for (let i = 0; i < 5; i++) {
      await settle()
      t.clock.advance(1_000)
    }
    expect(calls).toEqual([0n, 0n, 0n, 0n])
    expect(t.warnings.map((w) => w.code)).toEqual(Array(3).fill('EXECUTION_COMMIT_RETRY'))
    expect(t.warnings[0]?.message).toContain('disk busy')
    expect(t.applied.value).toBe(1n)
    t.ctx.cancel()
    await t.failure
  })

  it('any other error › EXECUTION_COMMIT_FAILED with the cause, and applied stays', async () => {
    const cause = new Error('state root differs')
    const t = setup(new FakeStore(0n, 2), (n) =>
      n === 1n ? Promise.reject(cause) : Promise.resolve(),
    )
    const failure = await t.failure
    expect(failure).toMatchObject({ code: 'EXECUTION_COMMIT_FAILED', cause })
    expect(t.applied.value).toBe(1n)
  })

  it('an execution layer that throws before it returns a promise › the same', async () => {
    const t = setup(new FakeStore(0n, 1), () => {
      throw new Error('not async')
    })
    expect(await t.failure).toMatchObject({ code: 'EXECUTION_COMMIT_FAILED' })
  })

  it('cancelled in a commit › the signal aborts and the driver ends, heeded or not', async () => {
    let seen: AbortSignal | undefined
    const t = setup(new FakeStore(0n, 1), (_, signal) => {
      seen = signal
      return new Promise(() => undefined)
    })
    await settle()
    t.ctx.cancel()
    expect(isCanceled(await t.failure)).toBe(true)
    expect(seen?.aborted).toBe(true)
  })

  it('a commit of minutes › a warning every 30 seconds, and no more after it', async () => {
    let finish = (): void => undefined
    const t = setup(new FakeStore(0n, 1), () => new Promise((resolve) => (finish = resolve)))
    await settle()
    t.clock.advance(30_000)
    t.clock.advance(30_000)
    expect(t.warnings.map((w) => w.code)).toEqual([
      'EXECUTION_COMMIT_SLOW',
      'EXECUTION_COMMIT_SLOW',
    ])
    expect(t.warnings[1]?.message).toContain('60 s')
    finish()
    await settle()
    t.clock.advance(60_000)
    expect(t.warnings).toHaveLength(2)
    t.ctx.cancel()
    await t.failure
  })

  it('a block pruned before its commit › EXECUTION_BEHIND; a hole › STORE_GAP', async () => {
    const pruned = new FakeStore(0n, 5)
    pruned.prune(3n)
    expect(await setup(pruned, () => Promise.resolve()).failure).toMatchObject({
      code: 'EXECUTION_BEHIND',
    })
    const holed = new FakeStore(0n, 5)
    holed.blocks.delete(2n)
    expect(await setup(holed, () => Promise.resolve()).failure).toMatchObject({ code: 'STORE_GAP' })
  })
})
