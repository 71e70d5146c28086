import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { systemRandom } from '@zkstack/concurrency'
import { fromHex } from '@zkstack/crypto'
import { createNode, type NodeOptions } from '@zkstack/executor'
import { decodeBlock, generateNodeKey, verifyFinalBlock, type Block } from '@zkstack/roles'
import { levelStore, type NodeStore } from '@zkstack/storage'
import { BenchChain } from '../bench-chain.js'
import { median } from '../quantile.js'
import type { SyncCase, SyncResult, SyncServerReady } from './sync-case.js'
import { committeeOf } from './sync-chain.js'

/** The node that lacks the blocks, and what its parts do alone. */
const [wanted, folder, server] = [
  JSON.parse(process.argv[2] ?? '') as SyncCase,
  process.argv[3] ?? '',
  JSON.parse(process.argv[4] ?? '') as SyncServerReady,
]
const committee = await committeeOf(wanted)
const last = BigInt(wanted.blocks - 1)

/** Blocks per second of a piece of work on all blocks. */
async function rateOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (wanted.blocks * 1_000) / (performance.now() - start)
}

/** The blocks, decoded anew by each measurement, so that none goes on in the memory of another. */
async function readBlocks(count = wanted.blocks): Promise<Block[]> {
  const bytes = new Uint8Array(await readFile(join(folder, 'blocks')))
  const blocks: Block[] = []
  for (let at = 0; at < bytes.length && blocks.length < count;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0)
    blocks.push(decodeBlock(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return blocks
}

let stores = 0

async function withStore<T>(body: (store: NodeStore) => Promise<T>): Promise<T> {
  await using store = await levelStore(join(folder, `client-${stores++}`))
  await store.open(committee.genesis, { onGenesisChange: 'refuse' })
  return await body(store)
}

async function oneByOne(count?: number): Promise<number> {
  const blocks = await readBlocks(count)
  return withStore((store) =>
    rateOf(async () => {
      for (const block of blocks) await store.append(block)
    }),
  )
}

async function together(): Promise<number> {
  const blocks = await readBlocks()
  return withStore((store) =>
    rateOf(async () => {
      await Promise.all(blocks.map((block) => store.append(block)))
    }),
  )
}

async function verifyOneByOne(): Promise<number> {
  const blocks = await readBlocks(1_000)
  const start = performance.now()
  for (const block of blocks) {
    if (block.kind !== 'final' || !verifyFinalBlock(block, committee.scope).ok)
      throw new Error('a block of the chain is wrong')
  }
  return (blocks.length * 1_000) / (performance.now() - start)
}

function optionsOf(store: NodeStore): NodeOptions {
  return {
    genesis: committee.genesis,
    nodeKey: generateNodeKey(systemRandom),
    store,
    listen: '',
    execution: new BenchChain(0, new Map()),
  }
}

/** A node that fetches the blocks from its own memory: from the first one that it asks for. */
async function withoutNetwork(): Promise<number> {
  const blocks = await readBlocks()
  return withStore(async (store) => {
    let start = 0
    const node = await createNode({
      ...optionsOf(store),
      limits: { network: { fallbackPollMs: 50 } },
      fallback: {
        head: () => Promise.resolve(last),
        fetch: (n) => {
          start ||= performance.now()
          return Promise.resolve(blocks[Number(n)])
        },
      },
    })
    await node.waitForBlock(last)
    const rate = (wanted.blocks * 1_000) / (performance.now() - start)
    await node.stop({ drainMs: 0 })
    return rate
  })
}

async function sync(): Promise<{ rate: number; busy: number }> {
  return withStore(async (store) => {
    const key = fromHex(server.key) ?? new Uint8Array()
    const peers = { outbound: [{ key, addr: server.addr }] }
    const node = await createNode({ ...optionsOf(store), peers })
    await new Promise((resolve) => {
      node.on('peer:connected', resolve)
    })
    const before = performance.eventLoopUtilization()
    const rate = await rateOf(async () => {
      await node.waitForBlock(last)
    })
    const busy = performance.eventLoopUtilization(before).utilization
    await node.stop({ drainMs: 0 })
    return { rate, busy }
  })
}

// what runs first pays for the compilation of all that follows
await oneByOne(500)
const before = await oneByOne()
const verification = await verifyOneByOne()
const storeTogether = await together()
const alone = await withoutNetwork()
const between = await oneByOne()
const synced = await sync()
const after = await oneByOne()
const result: SyncResult = {
  case: wanted,
  sync: synced.rate,
  storeOneByOne: median([before, between, after]),
  storeTogether,
  withoutNetwork: alone,
  verification,
  busy: synced.busy,
}
process.stdout.write(`${JSON.stringify(result)}\n`)
