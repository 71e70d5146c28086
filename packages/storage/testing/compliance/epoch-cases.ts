import { bytesEqual } from '@zkstack/crypto'
import { encodeEpochRecord, Signers, type EpochRecord } from '@zkstack/roles'
import type { NodeStore } from '../../src/store.js'
import { TestChain } from '../test-chain.js'
import { check, checkRejects, checkSame, type ComplianceCase } from './case.js'
import { bind, storeCase, type StoreFactory } from './suite.js'

/** Requirements on the epochs that a store keeps. */
export function epochCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(factory, 'no epoch was saved › there is none', async ({ store }) => {
      checkSame(await store.epochs.latest(), undefined, 'latest')
      await checkEpoch(store, 0n, undefined)
    }),
    storeCase(factory, 'epochs saved in order › are all there', async ({ store, chain }) => {
      for (const n of [3n, 4n, 5n]) await store.epochs.save(chain.epoch(n))
      checkSame(await store.epochs.latest(), 5n, 'latest')
      for (const n of [3n, 4n, 5n]) await checkEpoch(store, n, chain.epoch(n))
      await checkEpoch(store, 2n, undefined)
      await checkEpoch(store, 6n, undefined)
    }),
    storeCase(factory, 'an epoch that leaves a gap › STORE_ORDER', async ({ store, chain }) => {
      await store.epochs.save(chain.epoch(3n))
      await checkRejects(store.epochs.save(chain.epoch(5n)), 'STORE_ORDER', 'save')
      await checkRejects(store.epochs.save(chain.epoch(2n)), 'STORE_ORDER', 'save')
      checkSame(await store.epochs.latest(), 3n, 'latest')
    }),
    storeCase(
      factory,
      'a known epoch › takes its certificate, and no other committee',
      async ({ store, chain }) => {
        const record = chain.epoch(0n)
        await store.epochs.save(record)
        const certificate = { signers: Signers.of(2, [0]), signature: Uint8Array.of(1, 2) }
        await store.epochs.save({ ...record, certificate })
        await checkEpoch(store, 0n, { ...record, certificate })
        await checkRejects(store.epochs.save(chain.epoch(0n, 1n)), 'STORE_CONFLICT', 'save')
        const later = { ...record, firstBlock: record.firstBlock + 1n }
        await checkRejects(store.epochs.save(later), 'STORE_CONFLICT', 'save')
        await checkEpoch(store, 0n, { ...record, certificate })
      },
    ),
    storeCase(
      factory,
      'a fork that resets the store › leaves no epoch',
      async ({ store, chain }) => {
        await store.epochs.save(chain.epoch(0n))
        await bind(store, new TestChain({ forkNumber: 1n }), 'reset')
        checkSame(await store.epochs.latest(), undefined, 'latest')
        await checkEpoch(store, 0n, undefined)
        await store.epochs.save(chain.epoch(0n, 1n))
      },
    ),
    ...reopenedCases(factory),
  ]
}

function reopenedCases(factory: StoreFactory): ComplianceCase[] {
  const { reopen } = factory
  if (reopen === undefined) return []
  return [
    storeCase(
      factory,
      'epochs › the store is opened again › they are still there',
      async ({ store, chain }) => {
        for (const n of [0n, 1n]) await store.epochs.save(chain.epoch(n))
        const again = await reopen(store)
        try {
          await bind(again, chain)
          checkSame(await again.epochs.latest(), 1n, 'latest')
          for (const n of [0n, 1n]) await checkEpoch(again, n, chain.epoch(n))
        } finally {
          await again[Symbol.asyncDispose]()
        }
      },
    ),
  ]
}

async function checkEpoch(
  store: NodeStore,
  epoch: bigint,
  expected: EpochRecord | undefined,
): Promise<void> {
  const got = await store.epochs.get(epoch)
  const same =
    got === undefined || expected === undefined
      ? got === expected
      : bytesEqual(encodeEpochRecord(got), encodeEpochRecord(expected))
  check(same, `epoch ${epoch}: is not the one that was saved`)
}
