import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { systemRandom } from '@zkstack/concurrency'
import { fromHex } from '@zkstack/crypto'
import { createNode } from '@zkstack/executor'
import { decodeBlock, generateNodeKey, verifyFinalBlock, type Block } from '@zkstack/roles'
import type { TestCommittee } from '@zkstack/roles/testing'
import { levelStore, type NodeStore } from '@zkstack/storage'
import { BenchChain } from '../bench-chain.js'
import type { SyncCase, SyncResult, SyncServerReady } from './sync-case.js'
import { committeeOf } from './sync-chain.js'

/** The node that lacks the blocks, and what its parts do alone. */
const [wanted, folder, server] = [
  JSON.parse(process.argv[2] ?? '') as SyncCase,
  process.argv[3] ?? '',
  JSON.parse(process.argv[4] ?? '') as SyncServerReady,
]

/** Blocks per second of a piece of work on all blocks. */
async function rateOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (wanted.blocks * 1_000) / (performance.now() - start)
}

async function readBlocks(): Promise<Block[]> {
  const bytes = new Uint8Array(await readFile(join(folder, 'blocks')))
  const blocks: Block[] = []
  for (let at = 0; at < bytes.length;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0)
    blocks.push(decodeBlock(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return blocks
}

let stores = 0

async function withStore<T>(
  committee: TestCommittee,
  body: (store: NodeStore) => Promise<T>,
): Promise<T> {
  await using store = await levelStore(join(folder, `client-${stores++}`))
  await store.open(committee.genesis, { onGenesisChange: 'refuse' })
  return await body(store)
}

async function oneByOne(committee: TestCommittee, blocks: readonly Block[]): Promise<number> {
  return withStore(committee, (store) =>
    rateOf(async () => {
      for (const block of blocks) await store.append(block)
    }),
  )
}

async function together(committee: TestCommittee, blocks: readonly Block[]): Promise<number> {
  return withStore(committee, (store) =>
    rateOf(async () => {
      await Promise.all(blocks.map((block) => store.append(block)))
    }),
  )
}

function verifyAll(committee: TestCommittee, blocks: readonly Block[]): number {
  const some = blocks.slice(0, 1_000)
  const start = performance.now()
  for (const block of some) {
    if (block.kind !== 'final' || !verifyFinalBlock(block, committee.scope).ok)
      throw new Error('a block of the chain is wrong')
  }
  return (some.length * 1_000) / (performance.now() - start)
}

async function sync(committee: TestCommittee): Promise<{ rate: number; busy: number }> {
  return withStore(committee, async (store) => {
    const key = fromHex(server.key) ?? new Uint8Array()
    const node = await createNode({
      genesis: committee.genesis,
      nodeKey: generateNodeKey(systemRandom),
      store,
      listen: '',
      peers: { outbound: [{ key, addr: server.addr }] },
      execution: new BenchChain(0, new Map()),
    })
    await new Promise((resolve) => {
      node.on('peer:connected', resolve)
    })
    const before = performance.eventLoopUtilization()
    const rate = await rateOf(async () => {
      await node.waitForBlock(BigInt(wanted.blocks - 1))
    })
    const busy = performance.eventLoopUtilization(before).utilization
    await node.stop({ drainMs: 0 })
    return { rate, busy }
  })
}

const committee = await committeeOf(wanted)
const blocks = await readBlocks()
const before = await oneByOne(committee, blocks)
const verification = verifyAll(committee, blocks)
const storeTogether = await together(committee, blocks)
const synced = await sync(committee)
const after = await oneByOne(committee, blocks)
const result: SyncResult = {
  case: wanted,
  sync: synced.rate,
  storeOneByOne: 2 / (1 / before + 1 / after),
  storeTogether,
  verification,
  busy: synced.busy,
}
process.stdout.write(`${JSON.stringify(result)}\n`)
