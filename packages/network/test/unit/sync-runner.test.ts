import { CanceledError, Ctx, ManualClock, onCancel } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import type { Block } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore, type CallOptions } from '@zkstack/storage'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import { NetworkMetrics } from '../../src/network-metrics.js'
import type { NetworkInit } from '../../src/network.js'
import { SyncRunner } from '../../src/sync/sync-runner.js'
import type { SyncSource } from '../../src/sync/sync-source.js'

const committee = testCommittee(6)
const HEIGHTS = 8n

type Verdict = Result<void, { readonly code: string; readonly message: string }>

/** Until it is cancelled. */
function never(call: CallOptions): Promise<never> {
  return new Promise((_resolve, reject) => {
    onCancel(call, () => {
      reject(new CanceledError())
    })
  })
}

const forged = Uint8Array.of(255)

/** A source that gives blocks with that payload, then one that gives right ones; how far that brings us. */
async function sync(o: {
  readonly payload: Uint8Array
  judge(block: Block, call: CallOptions): Promise<Verdict>
}): Promise<{ readonly next: bigint; readonly accused: readonly string[] }> {
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock })
  const blocks = new BlockQueue(memoryStore(), { capacity: 100 })
  const accused: string[] = []
  const init: Partial<NetworkInit> = {
    blocks,
    clock,
    limits: networkLimits({ genesis: committee.genesis }),
    scope: () => committee.scope,
    verifyBlock: (block, call) => o.judge(block, call),
  }
  const runner = new SyncRunner(init as NetworkInit, new NetworkMetrics())
  const join = (name: string, payload: Uint8Array): void => {
    const source: SyncSource = {
      name,
      ctx: ctx.child(),
      isLastResort: false,
      fetch: (_, first, count) =>
        Promise.resolve({
          blocks: Array.from({ length: count }, (_, i) =>
            committee.block(first + BigInt(i), payload),
          ),
          range: { first: 0n, next: HEIGHTS },
        }),
      accuse: (rule) => {
        if (source.ctx.canceled) return
        accused.push(`${rule} ${name}`)
        source.ctx.cancel()
        runner.gone(name)
      },
    }
    runner.connected(source, { first: 0n, next: HEIGHTS })
  }
  const done = runner.run(ctx).catch(() => undefined)
  await clock.run(1)
  join('first', o.payload)
  await clock.run(1)
  join('second', new Uint8Array())
  await clock.run(1_000)
  const { next } = blocks.range.value
  ctx.cancel()
  await done
  return { next, accused }
}

test('sync › one block is wrong while others of the same source cannot be judged › those are fetched from others', async () => {
  const found = await sync({
    payload: forged,
    judge: (block, call) => {
      if (block.payload.length === 0) return Promise.resolve(ok(undefined))
      if (block.number > 0n) return never(call)
      return Promise.resolve(err({ code: 'WRONG_EPOCH', message: 'a forged block' }))
    },
  })
  expect(found).toEqual({ next: HEIGHTS, accused: ['INVALID_BLOCK first'] })
})

test('sync › a judgement ends without a verdict, though nobody has cancelled it › the block is fetched from others', async () => {
  const found = await sync({
    payload: forged,
    judge: (block) =>
      block.payload.length === 0
        ? Promise.resolve(ok(undefined))
        : Promise.reject(new CanceledError('its own patience is over')),
  })
  expect(found).toEqual({ next: HEIGHTS, accused: [] })
})
