import type { NodeStore } from '../../src/store.js'
import { checkSame, type ComplianceCase } from './case.js'
import { bind, type StoreFactory } from './suite.js'
import { TestChain } from '../test-chain.js'

const marks = [
  { next: 0n, utcMs: 0 },
  { next: 2n ** 64n - 1n, utcMs: 2 ** 48 },
]

async function textOf({ marks: kept }: NodeStore): Promise<string> {
  const loaded = (await kept?.load()) ?? []
  return loaded.map(({ next, utcMs }) => `${next}@${utcMs}`).join(' ')
}

/** Requirements on the marks of the chain's growth; a store may go without. */
export function markCases(factory: StoreFactory): ComplianceCase[] {
  return [
    {
      name: 'marks of the growth › are replaced as a whole › and there when the store is opened again',
      run: async () => {
        let store = await factory.create()
        try {
          await bind(store, new TestChain())
          checkSame(await textOf(store), '', 'at first')
          await store.marks?.save([{ next: 5n, utcMs: 1 }])
          await store.marks?.save(marks)
          const expected = store.marks ? `0@0 ${2n ** 64n - 1n}@${2 ** 48}` : ''
          checkSame(await textOf(store), expected, 'saved')
          if (factory.reopen) store = await factory.reopen(store)
          checkSame(await textOf(store), expected, 'after the next start')
        } finally {
          await store[Symbol.asyncDispose]()
        }
      },
    },
  ]
}
