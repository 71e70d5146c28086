import { join } from 'node:path'
import { seededRandom } from '@zkstack/concurrency'
import { encodeBlock, encodeReplicaState } from '@zkstack/roles'
import { expect, it } from 'vitest'
import { levelStore, memoryStore, StorageError, type NodeStore } from '../../src/index.js'
import { TestChain } from '../../testing/index.js'
import { temporaryFolder } from '../integration/temporary-folder.js'

const seed = process.env['SEED'] ?? String(Date.now())
const steps = 400
const root = await temporaryFolder()

/** What a call gives: a value, or the code or name of its error. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'done'
  } catch (e) {
    return e instanceof StorageError ? e.code : e instanceof Error ? e.name : String(e)
  }
}

async function content(store: NodeStore, keys: readonly Parameters<NodeStore['load']>[0][]) {
  const { first, next, last } = store.range()
  const lines = [`${first} ${next} ${last?.type}`]
  for (let n = first; n < next; n++) {
    const block = await store.get(n)
    lines.push(block === undefined ? '-' : Buffer.from(encodeBlock(block)).toString('hex'))
  }
  for (const key of keys) {
    const state = await store.load(key)
    const highest = await store.highestEpoch(key.genesis, key.validator)
    const bytes = state === undefined ? '-' : Buffer.from(encodeReplicaState(state)).toString('hex')
    lines.push(`${highest} ${bytes}`)
  }
  return lines
}

it('a level store › does what a memory store does › through any sequence of writes, reopenings and resets', async () => {
  process.stdout.write(`SEED=${seed}\n`)
  const random = seededRandom(seed)
  const below = (n: number) => Math.floor(random.float() * n)
  const path = join(root, 'store')
  const model = memoryStore()
  let level = await levelStore(path)
  let chain = new TestChain()
  const both = async (what: string, call: (store: NodeStore) => Promise<unknown>) => {
    const [wanted, got] = [await outcome(call(model)), await outcome(call(level))]
    expect(got, `${what}, SEED=${seed}`).toBe(wanted)
  }
  const open = (store: NodeStore) => store.open(chain.genesis, { onGenesisChange: 'reset' })
  await both('open', open)
  for (let i = 0; i < steps; i++) {
    const { next } = model.range()
    const choice = below(100)
    if (choice < 40) {
      const number = below(10) === 0 ? BigInt(below(20)) : next
      const final = number >= chain.genesis.firstBlock
      const block = final
        ? chain.block(number, chain.payload(number, below(2)))
        : chain.preGenesis(number)
      await both('append', (store) => store.append(block))
    } else if (choice < 80) {
      const epoch = BigInt(Math.floor(i / 80) + below(3))
      const proposals = Array.from({ length: below(4) }, () =>
        chain.proposal(next - 2n > 0n ? next - 2n + BigInt(below(5)) : next, below(2)),
      )
      const state = chain.state(BigInt(i), { epoch, proposals })
      await both('save', (store) => store.save(chain.key(below(1), epoch), state))
    } else if (choice < 88) {
      const before = BigInt(below(Number(next) + 3))
      await both('prune', async (store) => store.prune?.(before))
    } else if (choice < 98) {
      await level[Symbol.asyncDispose]()
      level = await levelStore(path, { check: 'everything' })
    } else {
      const forkNumber = chain.genesis.forkNumber + 1n
      chain = new TestChain({ forkNumber, firstBlock: BigInt(below(Number(next) + 4)) })
      await both('reset', open)
    }
    if (i % 5 === 0) {
      const keys = Array.from({ length: 9 }, (_, epoch) => chain.key(0, BigInt(epoch)))
      expect(await content(level, keys), `step ${i}, SEED=${seed}`).toEqual(
        await content(model, keys),
      )
    }
  }
  await level[Symbol.asyncDispose]()
})
