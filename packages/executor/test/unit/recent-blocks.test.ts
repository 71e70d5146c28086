import { bytesEqual, concatBytes } from '@zkstack/crypto'
import { encodeBlock, type Block } from '@zkstack/roles'
import type { BlockStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { RecentBlocks } from '../../src/recent-blocks.js'
import { FakeStore, fakeBlock } from './fixtures.js'

function setup() {
  const store = new FakeStore()
  const below = Object.assign(store, {
    append: (block: Block) => {
      store.blocks.set(block.number, block)
      store.watch.update((range) => ({ ...range, next: block.number + 1n }))
      return Promise.resolve()
    },
  }) as unknown as BlockStore
  const turns = { given: 0 }
  const yieldTurn = (): Promise<void> => {
    turns.given += 1
    return Promise.resolve()
  }
  return { store, turns, recent: new RecentBlocks(below, yieldTurn) }
}

describe('recent blocks', () => {
  it('a block just written › is read from memory, each time as a copy', async () => {
    const { store, recent } = setup()
    await recent.append(fakeBlock(0n))
    const first = await recent.get(0n)
    first?.payload.fill(9)
    expect((await recent.get(0n))?.payload).toEqual(fakeBlock(0n).payload)
    expect(store.reads).toBe(0)
  })

  it('a large payload › is copied by 64 KiB, with turns for others between', async () => {
    const { turns, recent } = setup()
    const payload = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
    await recent.append({ ...fakeBlock(0n), payload })
    const read = await recent.get(0n)
    expect(read !== undefined && bytesEqual(read.payload, payload)).toBe(true)
    expect(read?.payload.buffer).not.toBe(payload.buffer)
    expect(turns.given).toBe(4)
  })

  it('more than fits › the oldest are read from below', async () => {
    const { store, recent } = setup()
    for (let n = 0n; n < 518n; n++) await recent.append(fakeBlock(n))
    await recent.get(6n)
    expect(store.reads).toBe(0)
    expect((await recent.get(5n))?.number).toBe(5n)
    expect(store.reads).toBe(1)
  })

  it('large payloads › are bounded by their bytes, the newest stays', async () => {
    const { store, recent } = setup()
    const large = (n: bigint): Block => ({
      ...fakeBlock(n),
      payload: new Uint8Array(10 * 1024 * 1024),
    })
    await recent.append(large(0n))
    await recent.append(large(1n))
    await recent.get(1n)
    expect(store.reads).toBe(0)
    await recent.get(0n)
    expect(store.reads).toBe(1)
  })

  it('encoded blocks › come from memory if the first is there, else from below; none that is pruned', async () => {
    const { store, recent } = setup()
    const block = (number: bigint): Block => ({
      kind: 'preGenesis',
      number,
      payload: new Uint8Array(8).fill(Number(number % 256n)),
      justification: new Uint8Array(1),
    })
    for (let n = 0n; n < 520n; n++) await recent.append(block(n))
    const encoded = async (first: bigint): Promise<Uint8Array[]> => {
      const blocks = await recent.getEncoded(first, { count: 2, maxBytes: 1_000 })
      return blocks.map((pieces) => concatBytes(...pieces))
    }
    expect(await encoded(518n)).toEqual([encodeBlock(block(518n)), encodeBlock(block(519n))])
    expect(await encoded(519n)).toEqual([encodeBlock(block(519n))])
    expect(store.reads).toBe(0)
    expect(await encoded(3n)).toEqual([encodeBlock(block(3n)), encodeBlock(block(4n))])
    expect(store.reads).toBe(2)
    store.prune(519n)
    expect(await encoded(518n)).toEqual([])
  })

  it('a pruned block, a block not there yet, a write that fails › not shown', async () => {
    const { store, recent } = setup()
    for (let n = 0n; n < 3n; n++) await recent.append(fakeBlock(n))
    store.prune(2n)
    expect(await recent.get(1n)).toBeUndefined()
    expect(await recent.get(3n)).toBeUndefined()
    Object.assign(store, { append: () => Promise.reject(new Error('disk full')) })
    await expect(recent.append(fakeBlock(3n))).rejects.toThrow('disk full')
    expect(await recent.get(3n)).toBeUndefined()
  })
})
