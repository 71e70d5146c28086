import { checkSame, type ComplianceCase } from './case.js'
import { bind, storeCase, type StoreFactory } from './suite.js'
import { TestChain } from '../test-chain.js'

const validator = new Uint8Array(96).fill(7)

/** Requirements on the versions of announced addresses; a store may go without. */
export function addressCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(factory, 'a version of an address › only grows', async ({ store }) => {
      const { addresses } = store
      if (!addresses) return
      checkSame(await addresses.version(validator), undefined, 'version')
      for (const version of [0n, 5n, 2n ** 64n - 1n, 3n]) {
        await addresses.saveVersion(validator, version)
      }
      checkSame(await addresses.version(validator), 2n ** 64n - 1n, 'version')
      checkSame(await addresses.version(new Uint8Array(96)), undefined, 'of another validator')
    }),
    {
      name: 'a version of an address › is there when the store is opened again',
      run: async () => {
        const { reopen } = factory
        if (!reopen) return
        const chain = new TestChain()
        let store = await factory.create()
        try {
          await bind(store, chain)
          await store.addresses?.saveVersion(validator, 5n)
          const isKept = store.addresses !== undefined
          store = await reopen(store)
          checkSame(await store.addresses?.version(validator), isKept ? 5n : undefined, 'version')
        } finally {
          await store[Symbol.asyncDispose]()
        }
      },
    },
  ]
}
