import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode } from '@zkstack/executor'
import type { ConsensusNode } from '@zkstack/executor'
import { MemoryHub, memoryTransport } from '@zkstack/network'
import { generateNodeKey } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { seededRandom } from '@zkstack/concurrency'
import { signatureScheme, SignatureWorkers } from '@zkstack/crypto'
import { levelStore, memoryStore } from '@zkstack/storage'
import { BenchChain } from './bench-chain.js'
import type { BenchCase } from './bench-case.js'

/** Noble with six validators on one thread needs close to a second a block; a view must not time out for that. */
const viewTimeoutMs = 30_000

/** The validators of a case, running. */
export interface BenchNetwork {
  readonly nodes: readonly ConsensusNode[]
  /** When each block's payload was handed out, by its number. */
  readonly proposedAt: ReadonlyMap<bigint, number>
  /** Node key of the first node. */
  readonly firstKey: Uint8Array
  stop(): Promise<void>
}

/** Starts all validators of a case in this process; backends must be loaded. */
export async function startNetwork(c: BenchCase): Promise<BenchNetwork> {
  const scheme = signatureScheme(c.scheme, { backend: c.backend })
  if (scheme === undefined) throw new RangeError(`backend: ${c.backend} is not available`)
  const { genesis, keys } = testCommittee(c.validators, { scheme })
  const random = seededRandom('bench')
  const nodeKeys = keys.map((_, i) => generateNodeKey(random.split(`node ${i}`)))
  const proposedAt = new Map<bigint, number>()
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-bench-'))
  const hub = new MemoryHub()
  const signatureWorkers = new SignatureWorkers({ count: c.workers, onFailure: stopTheCase })
  const nodes: ConsensusNode[] = []
  const closers: (() => Promise<void>)[] = []
  for (const [i, validatorKey] of keys.entries()) {
    const nodeKey = nodeKeys[i]
    if (nodeKey === undefined) throw new TypeError('a validator without node key')
    const store = c.transport === 'tcp' ? await levelStore(join(folder, `${i}`)) : memoryStore()
    const outbound = nodes.map((node, j) => ({
      key: (nodeKeys[j] ?? nodeKey).publicKey,
      addr: node.addresses[0] ?? '',
    }))
    const node = await createNode({
      genesis,
      nodeKey,
      validatorKey,
      store,
      listen: '127.0.0.1:0',
      peers: { outbound, maxDynamicInbound: c.validators },
      execution: new BenchChain(c.payloadBytes, proposedAt),
      timing: { viewTimeoutMs },
      signatureWorkers,
      ...(c.transport === 'memory' && { transport: memoryTransport(hub) }),
    })
    nodes.push(node)
    closers.push(async () => {
      await node.stop({ drainMs: 0 })
      await store[Symbol.asyncDispose]()
    })
  }
  return {
    nodes,
    proposedAt,
    firstKey: nodeKeys[0]?.publicKey ?? new Uint8Array(),
    stop: async () => {
      await Promise.all(closers.map((close) => close()))
      await signatureWorkers[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function stopTheCase(error: Error): never {
  throw error
}
