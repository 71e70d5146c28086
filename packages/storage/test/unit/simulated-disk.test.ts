import { seededRandom } from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import type { NodeStore } from '../../src/index.js'
import { SimulatedDisk, storeCompliance, TestChain, type DiskWrite } from '../../testing/index.js'

const random = seededRandom('simulated disk')
const never = new Promise<void>(() => undefined)

describe('the store of production on a simulated disk', () => {
  const disks = new WeakMap<NodeStore, SimulatedDisk>()
  const openOn = async (
    disk: SimulatedDisk,
    o: { readonly firstBlock?: bigint } = {},
  ): Promise<NodeStore> => {
    const store = await disk.open({ random, ...o })
    disks.set(store, disk)
    return store
  }
  const suite = storeCompliance({
    create: (o) => openOn(new SimulatedDisk(), o),
    reopen: async (store) => {
      await store[Symbol.asyncDispose]()
      return openOn(disks.get(store) ?? new SimulatedDisk())
    },
  })
  for (const { name, run } of suite) it(name, run)
})

describe('a power cut at any write', () => {
  const chain = new TestChain()
  const blocks = [0n, 1n, 2n].map((n) => chain.block(n))

  for (const when of ['before', 'torn', 'after'] as const) {
    it(`${when} it › leaves what was acknowledged, and at most the write under way`, async () => {
      for (let fatal = 1; fatal <= 8; fatal++) {
        const disk = new SimulatedDisk()
        let writes = 0
        const onWrite = (write: DiskWrite): Promise<void> => {
          writes += 1
          if (writes > fatal) return never
          if (writes < fatal || when === 'after') write.apply()
          else if (when === 'torn') write.tear()
          return writes === fatal ? never : Promise.resolve()
        }
        let acknowledged = 0n
        const life = async (): Promise<void> => {
          const store = await disk.open({ random, onWrite })
          await store.open(chain.genesis, { onGenesisChange: 'refuse' })
          for (const block of blocks) {
            await store.append(block)
            acknowledged = block.number + 1n
          }
        }
        await Promise.race([life(), new Promise((resolve) => setImmediate(resolve))])
        const { next } = (await disk.open({ random })).range()
        expect(next - acknowledged, `death at write ${fatal}`).toBeOneOf([0n, 1n])
      }
    })
  }
})
