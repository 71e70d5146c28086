import { keccak256 } from '@zkstack/crypto'
import type { Block, PreGenesisBlock } from '@zkstack/roles'
import { describe, expect, it } from 'vitest'
import {
  BlockQueue,
  memoryStore,
  StorageError,
  type BlockStore,
  type CallOptions,
  type NodeStore,
} from '../../src/index.js'
import { TestChain } from '../../testing/index.js'
import { gatedStore } from './gated-store.js'

const block = (n: number, text = `payload ${n}`): PreGenesisBlock => ({
  kind: 'preGenesis',
  number: BigInt(n),
  payload: new TextEncoder().encode(text),
  justification: new Uint8Array(),
})

const numbers = (store: BlockStore) => [store.range().first, store.range().next].map(Number)

/** Lets everything run that can run without outside help. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('block queue', () => {
  it('blocks pushed in any order › are stored in order › and each push resolves once its block is durable', async () => {
    const store = memoryStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    const done: number[] = []
    await Promise.all(
      [3, 1, 4, 0, 2].map(async (n) => {
        await queue.push(block(n))
        expect(store.range().next).toBeGreaterThan(BigInt(n))
        done.push(n)
      }),
    )
    expect(done.sort()).toEqual([0, 1, 2, 3, 4])
    expect(queue.range.value).toEqual(store.range())
    expect(numbers(store)).toEqual([0, 5])
  })

  it('a push resolves › only after the append has resolved', async () => {
    const store = gatedStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    let resolved = false
    const push = queue.push(block(0)).then(() => (resolved = true))
    await settle()
    expect(resolved).toBe(false)
    expect(queue.range.value.next).toBe(0n)
    store.release()
    await push
    expect(queue.range.value.next).toBe(1n)
  })

  it('a block with a state › the store writes them at once › or the state is left to the caller', async () => {
    const chain = new TestChain()
    const change = { key: chain.key(), state: chain.state(1n) }
    const alone = new BlockQueue(memoryStore(), { capacity: 10 })
    expect(await alone.pushWithState(chain.block(0n), change)).toBe(false)
    const pairs: bigint[] = []
    const store = memoryStore()
    store.appendAndSave = async (added, { state }) => {
      if (state.view === 0n) throw new StorageError('STORE_EPOCH', 'the epoch is over')
      await store.append(added)
      pairs.push(added.number)
    }
    const queue = new BlockQueue(store, { capacity: 10 })
    const pushes = [1n, 0n].map((n) => queue.pushWithState(chain.block(n), change))
    expect(await Promise.all(pushes)).toEqual([true, true])
    expect(await queue.pushWithState(chain.block(1n), change)).toBe(false)
    const old = { ...change, state: chain.state(0n) }
    expect(await queue.pushWithState(chain.block(2n), old)).toBe(false)
    expect(pairs).toEqual([0n, 1n])
    expect(numbers(store)).toEqual([0, 3])
  })

  it('a duplicate › waiting, being written or stored › is a no-op that waits for the same durability', async () => {
    const store = gatedStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    const pushes = [queue.push(block(0)), queue.push(block(0)), queue.push(block(1))]
    await settle()
    pushes.push(queue.push(block(0)), queue.push(block(1)))
    expect(queue.size.blocks).toBe(2)
    store.release(2)
    await Promise.all(pushes)
    await queue.push(block(0))
    expect(store.appended).toEqual([0n, 1n])
  })

  it('a different block for a stored height › is STORE_CONFLICT › and names both hashes', async () => {
    const store = memoryStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    await queue.push(block(0))
    const error: unknown = await queue.push(block(0, 'other')).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(StorageError)
    expect((error as StorageError).code).toBe('STORE_CONFLICT')
    for (const text of ['payload 0', 'other']) {
      const hash = Buffer.from(keccak256(new TextEncoder().encode(text))).toString('hex')
      expect((error as StorageError).message).toContain(hash)
    }
    const fresh = new BlockQueue(store, { capacity: 10 })
    await expect(fresh.push(block(0, 'other'))).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
    await expect(fresh.push(block(0))).resolves.toBeUndefined()
  })

  it('two different blocks that wait for one height › the first is stored, the second is STORE_CONFLICT', async () => {
    const queue = new BlockQueue(memoryStore(), { capacity: 10 })
    const first = queue.push(block(1))
    const second = queue.push(block(1, 'other'))
    const outcome = expect(second).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
    await queue.push(block(0))
    await first
    await outcome
  })

  it('blocks beyond the window of heights › stay outside › until their turn comes near', async () => {
    const queue = new BlockQueue(memoryStore(), { capacity: 2 })
    const pushes = [5, 4, 3, 2, 1].map((n) => queue.push(block(n)))
    await settle()
    expect(queue.size.blocks).toBe(1)
    await queue.push(block(0))
    await Promise.all(pushes)
    expect(queue.size).toEqual({ blocks: 0, bytes: 0 })
    expect(queue.range.value.next).toBe(6n)
  })

  it('blocks beyond the bound in bytes › stay outside, but the block whose turn it is always fits', async () => {
    const store = gatedStore()
    const queue = new BlockQueue(store, { capacity: 10, capacityBytes: 20 })
    const pushes = [queue.push(block(2, 'x'.repeat(15))), queue.push(block(1, 'y'.repeat(15)))]
    await settle()
    expect(queue.size).toEqual({ blocks: 1, bytes: 15 })
    pushes.push(queue.push(block(0, 'z'.repeat(100))))
    await settle()
    expect(queue.size).toEqual({ blocks: 2, bytes: 115 })
    store.release(3)
    await Promise.all(pushes)
    expect(store.appended).toEqual([0n, 1n, 2n])
  })

  it('a push that is aborted while it waits › takes its block along', async () => {
    const store = memoryStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    const abort = new AbortController()
    const push = queue.push(block(1), { signal: abort.signal })
    await settle()
    expect(queue.size.blocks).toBe(1)
    abort.abort()
    await expect(push).rejects.toMatchObject({ name: 'AbortError' })
    expect(queue.size).toEqual({ blocks: 0, bytes: 0 })
    await queue.push(block(0))
    expect(numbers(store)).toEqual([0, 1])
  })

  it('a push that is aborted while another waits for the same block › leaves the block', async () => {
    const queue = new BlockQueue(memoryStore(), { capacity: 10 })
    const abort = new AbortController()
    const push = queue.push(block(1), { signal: abort.signal })
    const other = queue.push(block(1))
    await settle()
    abort.abort()
    await expect(push).rejects.toMatchObject({ name: 'AbortError' })
    await queue.push(block(0))
    await other
    expect(queue.range.value.next).toBe(2n)
  })

  it('a push that is aborted while its block is written › rejects, and the block is stored whole', async () => {
    const store = gatedStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    const abort = new AbortController()
    const push = queue.push(block(0), { signal: abort.signal })
    await settle()
    abort.abort()
    await expect(push).rejects.toMatchObject({ name: 'AbortError' })
    store.release()
    await queue.waitUntilPersisted(0n)
    expect(await store.get(0n)).toEqual(block(0))
  })

  it('a failing append › rejects every push and wait, now and later, with the same error', async () => {
    const store = gatedStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    const error = new StorageError('STORE_FULL', 'no room')
    const outcomes = [queue.push(block(0)), queue.push(block(1)), queue.waitUntilPersisted(1n)].map(
      (p) => expect(p).rejects.toBe(error),
    )
    await settle()
    store.fail(error)
    await Promise.all(outcomes)
    await expect(queue.push(block(0))).rejects.toBe(error)
    await expect(queue.waitUntilPersisted(0n)).rejects.toBe(error)
    expect(store.appended).toEqual([])
  })

  it('waitUntilPersisted › resolves at the height, at once for a lower one, and ends on abort', async () => {
    const queue = new BlockQueue(memoryStore(), { capacity: 10 })
    const abort = new AbortController()
    const wait = queue.waitUntilPersisted(1n)
    const never = queue.waitUntilPersisted(9n, { signal: abort.signal })
    await Promise.all([queue.push(block(0)), queue.push(block(1)), wait])
    await queue.waitUntilPersisted(0n)
    abort.abort()
    await expect(never).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('a store that advances by itself › is followed › and its blocks count as pushed', async () => {
    const store = memoryStore()
    const queue = new BlockQueue(store, { capacity: 10 })
    const abort = new AbortController()
    const following = queue.follow({ signal: abort.signal })
    const early = queue.push(block(1))
    const late = queue.push(block(2))
    await settle()
    await store.append(block(0))
    await store.append(block(1))
    await early
    await late
    expect(queue.range.value.next).toBe(3n)
    await store.prune?.(1n)
    await settle()
    expect(queue.range.value.first).toBe(1n)
    abort.abort()
    await following
  })

  it('a store that advances by itself now and then › the hashes of its latest blocks are remembered, and no others', async () => {
    const store = memoryStore()
    const reads: bigint[] = []
    const counted = Object.assign(Object.create(store) as NodeStore, {
      range: () => store.range(),
      append: (added: Block) => store.append(added),
      get: (n: bigint) => {
        reads.push(n)
        return store.get(n)
      },
      watch: (o: CallOptions) => store.watch(o),
    })
    const queue = new BlockQueue(counted, { capacity: 10 })
    const stop = new AbortController()
    const following = queue.follow({ signal: stop.signal })
    const heights = Array.from({ length: 300 }, (_, i) => 3 * i)
    for (const n of heights) {
      await queue.push(block(n))
      for (const own of [n + 1, n + 2]) await store.append(block(own))
      await queue.waitUntilPersisted(BigInt(n + 2))
    }
    expect(reads).toEqual([])
    for (const n of heights) await queue.push(block(n))
    expect(reads).toEqual(heights.slice(0, -256).map(BigInt))
    stop.abort()
    await following
  })

  it('waits that ended › leave no subscriber and no listener behind', async () => {
    const queue = new BlockQueue(memoryStore(), { capacity: 1 })
    const abort = new AbortController()
    const outside = queue.push(block(7), { signal: abort.signal }).catch(() => undefined)
    await settle()
    abort.abort()
    await outside
    await queue.push(block(0))
    expect(queue.range.subscribers).toBe(0)
    expect(queue.size).toEqual({ blocks: 0, bytes: 0 })
  })
})
