import { StorageError, type NodeStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains } from './helpers.js'

/** A store that calls back around its writes, with their numbers: one may begin before the other ends. */
function watched(
  store: NodeStore,
  around: (when: 'before' | 'after', write: number) => void,
): NodeStore {
  let writes = 0
  const write = async (call: () => Promise<void>): Promise<void> => {
    const number = ++writes
    around('before', number)
    await call()
    around('after', number)
  }
  return {
    epochs: {
      latest: () => store.epochs.latest(),
      get: (epoch) => store.epochs.get(epoch),
      save: (record) => write(() => store.epochs.save(record)),
    },
    open: (genesis, o) => store.open(genesis, o),
    range: () => store.range(),
    get: (n, o) => store.get(n, o),
    append: (block, o) => write(() => store.append(block, o)),
    watch: (o) => store.watch(o),
    load: (key) => store.load(key),
    save: (key, state) => write(() => store.save(key, state)),
    highestEpoch: (genesis, validator) => store.highestEpoch(genesis, validator),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** How often each validator dies. */
const LIVES = 6

describe('a crash at every write', () => {
  for (const when of ['before', 'after'] as const) {
    it(
      `of any validator, ${when} it is on disk › nobody votes twice, the chain goes on`,
      { timeout: 120_000 },
      async () => {
        const starts: number[] = []
        const failures: unknown[] = []
        await using network = await createTestNetwork(6, {
          viewTimeoutMs: 150,
          start: false,
          wrapStore: (store, index) => {
            // The n-th start of a node dies at about its n-th write.
            const start = (starts[index] = (starts[index] ?? 0) + 1)
            return watched(store, (now, write) => {
              if (now !== when || start > LIVES || write !== start + (index % 3)) return
              comeBack(index).catch((e: unknown) => failures.push(e))
              throw new StorageError('STORE_IO', 'the power is gone')
            })
          },
        })
        const comeBack = async (index: number): Promise<void> => {
          await network.at(index).kill()
          await network.at(index).start()
        }
        await network.startAll()
        const survived = (): number => starts.filter((n) => n > LIVES).length
        await expect.poll(survived, { timeout: 100_000, interval: 50 }).toBe(6)
        const height = network.nodes
          .map((n) => chainOf(n).height ?? 0n)
          .reduce((a, b) => (a > b ? a : b))
        await network.waitForHeight(height + 3n)
        await expectEqualChains(network, height + 3n)
        expect(failures).toEqual([])
        expect(network.recorder.doubleVotes).toEqual([])
      },
    )
  }
})
