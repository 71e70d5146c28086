import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createNode } from '@zkstack/executor'
import { toHex } from '@zkstack/crypto'
import { encodeBlock, generateNodeKey } from '@zkstack/roles'
import { systemRandom } from '@zkstack/concurrency'
import { levelStore } from '@zkstack/storage'
import { BenchChain } from '../bench-chain.js'
import type { SyncCase, SyncServerReady } from './sync-case.js'
import { chainOf, committeeOf } from './sync-chain.js'

// The node that has the blocks. It writes them to a file too, for the measurements without a network.
const wanted = JSON.parse(process.argv[2] ?? '') as SyncCase
const folder = process.argv[3] ?? ''
const committee = await committeeOf(wanted)
const store = await levelStore(join(folder, 'server'))
await store.open(committee.genesis, { onGenesisChange: 'refuse' })
const file = createWriteStream(join(folder, 'blocks'))
const appends: Promise<void>[] = []
for (const block of chainOf(wanted, committee)) {
  const bytes = encodeBlock(block)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length)
  file.write(length)
  file.write(bytes)
  appends.push(store.append(block))
  if (appends.length === 100) await Promise.all(appends.splice(0))
}
await Promise.all(appends)
file.end()
await finished(file)

const nodeKey = generateNodeKey(systemRandom)
const node = await createNode({
  genesis: committee.genesis,
  nodeKey,
  store,
  listen: '127.0.0.1:0',
  execution: new BenchChain(0, new Map()),
})
await node.ready
const ready: SyncServerReady = { key: toHex(nodeKey.publicKey), addr: node.addresses[0] ?? '' }
process.stdout.write(`${JSON.stringify(ready)}\n`)
process.stdin.resume().once('end', () => {
  node
    .stop({ drainMs: 0 })
    .then(() => store[Symbol.asyncDispose]())
    .catch((e: unknown) => {
      process.stderr.write(`${String(e)}\n`)
      process.exitCode = 1
    })
})
