import { toHex } from '@zkstack/crypto'
import type { Mempool } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { nextWarning } from './helpers.js'

/** Takes every transaction once; one that starts with 0xff is bad, one that starts with 0xfe breaks the pool. */
class Pool implements Mempool {
  readonly txs = new Map<string, 'local' | 'peer'>()

  admit(
    tx: Uint8Array,
    o: { readonly origin: 'local' | Uint8Array },
  ): Promise<'accepted' | 'duplicate' | 'rejected'> {
    if (tx[0] === 0xfe) throw new Error('pool is broken')
    if (tx[0] === 0xff) return Promise.resolve('rejected')
    if (this.txs.has(toHex(tx))) return Promise.resolve('duplicate')
    this.txs.set(toHex(tx), o.origin === 'local' ? 'local' : 'peer')
    return Promise.resolve('accepted')
  }
}

describe('transactions', () => {
  it('accepted on one node › reach every pool, once; duplicates and bad ones stay', async () => {
    const pools: Pool[] = []
    await using network = await createTestNetwork(4, { mempool: (i) => (pools[i] = new Pool()) })
    await network.waitForHeight(1n)
    const { node } = network.at(0)
    const tx = new Uint8Array([1, 2, 3])
    expect(await node.submit(tx)).toBe('accepted')
    expect(await node.submit(tx)).toBe('duplicate')
    expect(await node.submit(new Uint8Array([0xff]))).toBe('rejected')
    await expect
      .poll(() => pools.map((p) => p.txs.get('010203')))
      .toEqual(['local', 'peer', 'peer', 'peer'])
    expect(pools.map((p) => p.txs.size)).toEqual([1, 1, 1, 1])
  })

  it('no pool, too large, empty, a broken pool, a stopped node › one error each', async () => {
    await using network = await createTestNetwork(2, {
      mempool: () => new Pool(),
      limits: { maxTransactionBytes: 10 },
    })
    const { node } = network.at(0)
    await expect(node.submit(new Uint8Array(11))).rejects.toMatchObject({
      code: 'TRANSACTION_TOO_LARGE',
    })
    await expect(node.submit(new Uint8Array(0))).rejects.toMatchObject({
      code: 'TRANSACTION_TOO_LARGE',
    })
    await expect(node.submit(new Uint8Array([0xfe]))).rejects.toMatchObject({
      code: 'MEMPOOL_FAILED',
    })
    await expect(node.submit('tx' as never)).rejects.toBeInstanceOf(TypeError)
    await expect(
      node.submit(new Uint8Array([1]), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' })
    await node.stop()
    await expect(node.submit(new Uint8Array([1]))).rejects.toMatchObject({ code: 'NODE_STOPPED' })
    await using other = await createTestNetwork(1)
    await expect(other.at(0).node.submit(new Uint8Array([1]))).rejects.toMatchObject({
      code: 'NO_MEMPOOL',
    })
  })

  it("a pool that breaks on a peer's transaction › a warning here, no blame there", async () => {
    const good: Mempool = { admit: () => Promise.resolve('accepted') }
    await using network = await createTestNetwork(2, {
      mempool: (i) => (i === 0 ? good : new Pool()),
    })
    await network.waitForHeight(1n)
    const warned = nextWarning(network.at(1).node, 'MEMPOOL_FAILED')
    let misbehaved = 0
    network.at(1).node.on('peer:misbehaved', () => (misbehaved += 1))
    await network.at(0).node.submit(new Uint8Array([0xfe]))
    expect((await warned).message).toContain('pool is broken')
    expect(misbehaved).toBe(0)
  })
})
