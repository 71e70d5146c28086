import { seededRandom, yieldTurn } from '@zkstack/concurrency'
import { hash32 } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { StorageError, type NodeStore } from '../../src/index.js'
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
        const onWrite = dieAt(fatal, when)
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

    it(`${when} it › leaves the block and the state of one write, or neither`, async () => {
      const key = chain.key()
      for (let fatal = 1; fatal <= 8; fatal++) {
        const disk = new SimulatedDisk()
        const onWrite = dieAt(fatal, when)
        const life = async (): Promise<void> => {
          const store = await disk.open({ random, onWrite })
          await store.open(chain.genesis, { onGenesisChange: 'refuse' })
          for (const block of blocks) {
            const state = chain.state(block.number + 1n)
            await store.appendAndSave?.(block, { key, state })
          }
        }
        await Promise.race([life(), new Promise((resolve) => setImmediate(resolve))])
        const store = await disk.open({ random })
        const { next } = store.range()
        expect((await store.load(key))?.view ?? 0n, `death at write ${fatal}`).toBe(next)
        if (fatal === 8) expect(next).toBeGreaterThan(0n)
      }
    })
  }
})

/** Lets the writes before one through, and of that one nothing, half or all. */
function dieAt(
  fatal: number,
  when: 'before' | 'torn' | 'after',
): (write: DiskWrite) => Promise<void> {
  let writes = 0
  return (write) => {
    writes += 1
    if (writes > fatal) return never
    if (writes < fatal || when === 'after') write.apply()
    else if (when === 'torn') write.tear()
    return writes === fatal ? never : Promise.resolve()
  }
}

describe('appends that do not wait for one another', () => {
  const chain = new TestChain()

  it('are written together › and one that may not be appended fails alone', async () => {
    let writes = 0
    const onWrite = (write: DiskWrite): Promise<void> => {
      writes += 1
      write.apply()
      return Promise.resolve()
    }
    const store = await new SimulatedDisk().open({ random, onWrite })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    const before = writes
    const aborted = { signal: AbortSignal.abort() }
    const outcomes = await Promise.allSettled([
      store.append(chain.block(0n)),
      store.append(chain.block(2n)),
      store.append(chain.block(1n), aborted),
      store.append(chain.block(1n)),
      store.append(chain.block(2n)),
    ])
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      false,
      true,
      true,
    ])
    expect(store.range().next).toBe(3n)
    expect(writes - before).toBe(2)
  })

  it('keep their place among other calls', async () => {
    const store = await new SimulatedDisk().open({ random })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    const ends: string[] = []
    const note = (name: string) => () => ends.push(name)
    const [key, state] = [chain.key(), chain.state(1n)]
    await Promise.all([
      store.append(chain.block(0n)).then(note('0')),
      store.save(key, state).then(note('save')),
      store.append(chain.block(1n)).then(note('1')),
    ])
    expect(ends).toEqual(['0', 'save', '1'])
  })

  it('are all there or none after a power cut', async () => {
    for (let fatal = 1; fatal <= 6; fatal++) {
      const disk = new SimulatedDisk()
      let writes = 0
      const onWrite = (write: DiskWrite): Promise<void> => {
        writes += 1
        if (writes >= fatal) return never
        write.apply()
        return Promise.resolve()
      }
      const life = async (): Promise<void> => {
        const store = await disk.open({ random, onWrite })
        await store.open(chain.genesis, { onGenesisChange: 'refuse' })
        await Promise.all([0n, 1n, 2n].map((n) => store.append(chain.block(n))))
      }
      await Promise.race([life(), new Promise((resolve) => setImmediate(resolve))])
      const store = await disk.open({ random })
      expect(store.range().next).toBeOneOf([0n, 3n])
    }
  })
})

describe('a read while blocks are removed, and that is on disk but not acknowledged yet', () => {
  const chain = new TestChain()
  const run = { count: 4, maxBytes: 4096 }

  /** A store with blocks 0 to 3 whose next write is held between the database and the witness, once `hold` was called. */
  async function heldStore(): Promise<{
    readonly store: NodeStore
    readonly hold: () => Promise<() => void>
  }> {
    let held: ((release: () => void) => void) | undefined
    const onWrite = (write: DiskWrite): Promise<void> => {
      write.apply()
      if (held === undefined || write.target === 'database') return Promise.resolve()
      const told = held
      held = undefined
      return new Promise((release) => {
        told(release)
      })
    }
    const store = await new SimulatedDisk().open({ random, onWrite })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    for (const n of [0n, 1n, 2n, 3n]) await store.append(chain.block(n))
    const hold = (): Promise<() => void> =>
      new Promise((resolve) => {
        held = resolve
      })
    return { store, hold }
  }

  it('finds a block that is being pruned gone, not missing', async () => {
    const { store, hold } = await heldStore()
    const held = hold()
    const pruned = store.prune?.(2n)
    const release = await held
    const reads = Promise.allSettled([store.get(1n), store.getEncoded?.(1n, run), store.get(2n)])
    await yieldTurn()
    release()
    await pruned
    expect(await reads).toMatchObject([
      { value: undefined },
      { value: [] },
      { value: { number: 2n } },
    ])
  })

  it('finds a block that a reset drops gone, and one that it keeps', async () => {
    const { store, hold } = await heldStore()
    const fork = new TestChain({ forkNumber: 1n, firstBlock: 2n })
    const held = hold()
    const opened = store.open(fork.genesis, { onGenesisChange: 'reset' })
    const release = await held
    const reads = Promise.allSettled([store.get(1n), store.getEncoded?.(1n, run), store.get(2n)])
    await yieldTurn()
    release()
    await opened
    expect(await reads).toMatchObject([
      { value: { number: 1n } },
      { value: { length: 1 } },
      { value: undefined },
    ])
  })

  it('tells of the write that failed, not of lost ones', async () => {
    const full = new StorageError('STORE_FULL', 'no room')
    let fails = false
    const onWrite = (write: DiskWrite): Promise<void> => {
      if (fails && write.target === 'witness') return Promise.reject(full)
      write.apply()
      return Promise.resolve()
    }
    const store = await new SimulatedDisk().open({ random, onWrite })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    for (const n of [0n, 1n]) await store.append(chain.block(n))
    fails = true
    await expect(store.prune?.(1n)).rejects.toBe(full)
    await expect(store.get(0n)).rejects.toBe(full)
  })
})

describe('a state of a chain that stands still', () => {
  it('refers to a payload for each view › what a save compares grows with them, not with their square', async () => {
    let reads = 0
    class CountedHash extends Uint8Array {
      override get length(): number {
        reads += 1
        return super.length
      }
    }
    const chain = new TestChain()
    const store = await new SimulatedDisk().open({ random })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    const many = 400
    const proposals = Array.from({ length: many }, (_, i) => {
      const proposal = chain.proposal(5n, i, 32)
      return { ...proposal, hash: hash32(new CountedHash(proposal.hash)) }
    })
    for (const view of [1n, 2n]) await store.save(chain.key(), chain.state(view, { proposals }))
    expect(reads).toBeLessThan(100 * many)
    expect(await store.load(chain.key())).toMatchObject({ view: 2n, proposals: { length: many } })
    reads = 0
    await store.save(chain.key(), chain.state(3n, { proposals: proposals.slice(1) }))
    expect(reads).toBeLessThan(100 * many)
    expect((await store.load(chain.key()))?.proposals).toHaveLength(many - 1)
  })
})

describe('a reset of a long chain', () => {
  const chain = new TestChain()

  /** Opens a store with so many blocks as of a fork above them. */
  async function reset(
    blocks: number,
    disk: SimulatedDisk,
    onWrite: (write: DiskWrite) => Promise<void>,
  ): Promise<NodeStore> {
    const old = await disk.open({ random })
    await old.open(chain.genesis, { onGenesisChange: 'refuse' })
    const numbers = Array.from({ length: blocks }, (_, n) => BigInt(n))
    await Promise.all(numbers.map((n) => old.append(chain.block(n))))
    await old.save(chain.key(), chain.state(1n))
    const store = await disk.open({ random, onWrite })
    const fork = new TestChain({ forkNumber: 1n, firstBlock: BigInt(blocks) })
    await store.open(fork.genesis, { onGenesisChange: 'reset' })
    return store
  }

  it('is one write, which does not grow with the chain › and certificates go after it', async () => {
    const firstWrite = async (blocks: number): Promise<number> => {
      const writes: number[] = []
      await reset(blocks, new SimulatedDisk(), (write) => {
        if (write.target === 'database') writes.push(write.bytes)
        write.apply()
        return Promise.resolve()
      })
      return writes[0] ?? 0
    }
    const short = await firstWrite(2)
    expect(short).toBeGreaterThan(0)
    expect(await firstWrite(300)).toBe(short)
  })

  it('the power goes after that write › the store is that of the new fork', async () => {
    const disk = new SimulatedDisk()
    let writes = 0
    const onWrite = (write: DiskWrite): Promise<void> => {
      writes += 1
      if (writes > 2) return never
      write.apply()
      return Promise.resolve()
    }
    await Promise.race([reset(3, disk, onWrite), new Promise((resolve) => setImmediate(resolve))])
    const store = await disk.open({ random })
    for (const n of [0n, 1n, 2n]) {
      expect(await store.get(n)).toMatchObject({
        kind: 'preGenesis',
        justification: new Uint8Array(),
      })
    }
    expect(store.range()).toMatchObject({ first: 0n, next: 3n, last: { type: 'preGenesis' } })
    expect(await store.load(chain.key())).toBeUndefined()
    expect(await store.getEncoded?.(0n, { count: 3, maxBytes: 4096 })).toHaveLength(3)
  })
})
