import { encodeBlock, encodeReplicaState } from '@zkstack/roles'
import { levelStore, StorageError, type NodeStore } from '../../src/index.js'
import { TestChain } from '../../testing/index.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** The chain of {@link writeSample}. */
export const sampleChain = new TestChain()
const keys = [sampleChain.key(0, 0n), sampleChain.key(0, 1n), sampleChain.key(1, 1n)]

/** Long enough for a log of several of LevelDB's blocks of 32 KiB, so that its middle can be lost while its end is read. */
const payloadBytes = 2500

/** Writes a store with some of everything, in several sessions, so that LevelDB has both tables and a log. */
export async function writeSample(path: string): Promise<void> {
  const state = (view: bigint, epoch: bigint) =>
    sampleChain.state(view, {
      epoch,
      proposals: [0, 1].map((variant) => sampleChain.proposal(view, variant, payloadBytes)),
    })
  let n = 0n
  for (const epoch of [0n, 0n, 1n]) {
    const store = await levelStore(path)
    await store.open(sampleChain.genesis, { onGenesisChange: 'refuse' })
    for (let i = 0; i < 5; i++, n++) {
      for (const key of keys)
        if (key.epoch <= epoch) await store.save({ ...key, epoch }, state(n, epoch))
      await store.append(sampleChain.block(n, sampleChain.payload(n, 0, payloadBytes)))
    }
    await store.prune?.(2n)
    await store[Symbol.asyncDispose]()
  }
}

/** All that a store says, as text. */
export async function snapshot(store: NodeStore): Promise<string> {
  const { first, next, last } = store.range()
  const lines = [`range ${first} ${next} ${last?.type}`]
  for (let n = 0n; n < next + 2n; n++) {
    const block = await store.get(n)
    lines.push(`block ${n} ${block === undefined ? '-' : hex(encodeBlock(block))}`)
  }
  for (const key of keys) {
    const state = await store.load(key)
    const highest = await store.highestEpoch(key.genesis, key.validator)
    lines.push(`state ${highest} ${state === undefined ? '-' : hex(encodeReplicaState(state))}`)
  }
  return lines.join('\n')
}

/** Opens the store, reads everything and closes it: all that it says, or the code of its StorageError. */
export async function readAll(path: string): Promise<string> {
  let store: NodeStore | undefined
  try {
    store = await levelStore(path)
    const opened = await store.open(sampleChain.genesis, { onGenesisChange: 'refuse' })
    return opened.ok ? await snapshot(store) : `refused ${opened.error.code}`
  } catch (e) {
    if (e instanceof StorageError) return `error ${e.code}`
    throw e
  } finally {
    await store?.[Symbol.asyncDispose]()
  }
}
