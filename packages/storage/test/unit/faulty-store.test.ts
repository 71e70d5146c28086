import { ManualClock } from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/index.js'
import { faultyStore, storeCompliance, TestChain, type Fault } from '../../testing/index.js'

const chain = new TestChain()
const key = chain.key()
const failed = { code: 'STORE_IO' }

describe('faulty store', () => {
  for (const { name, run } of storeCompliance({
    create: async (o) => faultyStore(memoryStore(o)),
  })) {
    it(`without faults › ${name}`, run)
  }

  it.each<[Fault['kind'], bigint | undefined]>([
    ['fail', undefined],
    ['failAfter', 2n],
  ])(
    '%s › rejects the planned call once › and the state is what the kind says',
    async (kind, view) => {
      const store = faultyStore(memoryStore(), [{ operation: 'save', nth: 1, kind }])
      await expect(store.save(key, chain.state(2n))).rejects.toMatchObject(failed)
      expect((await store.load(key))?.view).toBe(view)
      await store.save(key, chain.state(3n))
      expect(store.calls).toEqual(['save', 'load', 'save'])
    },
  )

  it.each<[Fault['kind'], bigint]>([
    ['tear', 1n],
    ['tearAfter', 2n],
  ])('%s › ends everything until revived', async (kind, next) => {
    const store = faultyStore(memoryStore(), [{ operation: 'write', nth: 2, kind }])
    await store.append(chain.block(0n))
    await expect(store.append(chain.block(1n))).rejects.toMatchObject(failed)
    await expect(store.load(key)).rejects.toMatchObject(failed)
    expect(store.torn).toBe(true)
    store.revive()
    expect(store.range().next).toBe(next)
    await store.load(key)
  })

  it('delay › starts the call later, by the clock', async () => {
    const clock = new ManualClock()
    const fault: Fault = { operation: 'any', nth: 1, kind: 'delay', delayMs: 50 }
    const store = faultyStore(memoryStore(), [fault], { clock })
    const append = store.append(chain.block(0n))
    clock.advance(49)
    await Promise.resolve()
    expect(store.range().next).toBe(0n)
    clock.advance(1)
    await append
    expect(store.range().next).toBe(1n)
  })
})

describe('the compliance suite', () => {
  it('a store that forgets, mixes up or reorders › fails it', async () => {
    const broken = {
      'forgets the last block': (n: bigint) => n + 1n,
      'gives the first block for each': () => 0n,
    }
    for (const [what, other] of Object.entries(broken)) {
      const suite = storeCompliance({
        create: async (o) => {
          const inner = memoryStore(o)
          return Object.assign(faultyStore(inner), { get: (n: bigint) => inner.get(other(n)) })
        },
      })
      const outcomes = await Promise.allSettled(suite.map(({ run }) => run()))
      expect(
        outcomes.some(({ status }) => status === 'rejected'),
        what,
      ).toBe(true)
    }
    const forgetful = storeCompliance({
      create: async (o) =>
        Object.assign(faultyStore(memoryStore(o)), { save: async () => undefined }),
    })
    const outcomes = await Promise.allSettled(forgetful.map(({ run }) => run()))
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(4)
  })
})
