import { toHex } from '@zkstack/crypto'
import type { Mempool } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { nextWarning } from './helpers.js'

/** Takes every transaction once, and lists what it has. */
class ListingPool implements Mempool {
  readonly txs = new Map<string, Uint8Array>()

  constructor(readonly list?: () => Iterable<Uint8Array>) {}

  admit(tx: Uint8Array): Promise<'accepted' | 'duplicate'> {
    if (this.txs.has(toHex(tx))) return Promise.resolve('duplicate')
    this.txs.set(toHex(tx), tx)
    return Promise.resolve('accepted')
  }

  pending(): Iterable<Uint8Array> {
    return this.list?.() ?? [...this.txs.values()]
  }
}

describe('what a mempool lists', () => {
  it('a node comes back › gets what was accepted meanwhile, from any peer', async () => {
    const pools: ListingPool[] = []
    await using network = await createTestNetwork(6, {
      mempool: (i) => (pools[i] = new ListingPool()),
    })
    await network.waitForHeight(1n)
    await network.at(5).kill()
    const txs = Array.from({ length: 20 }, (_, i) => new Uint8Array([7, i]))
    for (const tx of txs) await network.at(0).node.submit(tx)
    await network.at(5).restart()
    await expect.poll(() => pools[5]?.txs.size).toBe(txs.length)
  })

  it('a list that throws › a warning, and gossip goes on', async () => {
    const pools: ListingPool[] = []
    await using network = await createTestNetwork(2, {
      mempool: (i) =>
        (pools[i] = new ListingPool(() => {
          throw new Error('the list is broken')
        })),
    })
    const warned = nextWarning(network.at(1).node, 'MEMPOOL_FAILED')
    await network.at(0).stop()
    await network.at(0).restart()
    expect((await warned).message).toContain('the list is broken')
    await network.waitForHeight(1n)
    await network.at(1).node.submit(new Uint8Array([1]))
    await expect.poll(() => pools[0]?.txs.size).toBe(1)
  })
})
