import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/index.js'
import { storeCompliance, TestChain } from '../../testing/index.js'

describe('memory store', () => {
  for (const { name, run } of storeCompliance({ create: async (o) => memoryStore(o) })) {
    it(name, run)
  }

  it('more blocks than its capacity › drop the oldest', async () => {
    const chain = new TestChain()
    const store = memoryStore({ capacity: 2 })
    for (const n of [0n, 1n, 2n]) await store.append(chain.block(n))
    expect(store.range()).toMatchObject({ first: 1n, next: 3n })
    expect(await store.get(0n)).toBeUndefined()
  })

  it('a capacity that is no positive integer › is a RangeError', () => {
    for (const capacity of [0, -1, 1.5, NaN]) {
      expect(() => memoryStore({ capacity })).toThrow(RangeError)
    }
  })
})
