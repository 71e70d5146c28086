import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import { fakeWallet } from '@zkstack/pessimistic-proof/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  memoryDatabase,
  NetworkRateLimits,
  SettlementStorageError,
  type Database,
} from '../../src/index.js'
import { certificateChain, resubmission } from '../../testing/index.js'
import { storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world } from '../helpers/lives.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const idOf = ({ certificate }: { certificate: Parameters<typeof certificateId>[0] }) =>
  certificateId(certificate)

function chainOf(length: number, networkId = 1) {
  const chain = certificateChain(networkId, length)
  const [first] = chain
  if (first === undefined) throw new Error('an empty chain')
  return { chain, first }
}

/** A database that fails at some writes, as a full disk does, and recovers. */
function failing(inner: Database, writes: ReadonlySet<number>): Database {
  let count = 0
  return {
    getMany: (keys) => inner.getMany(keys),
    entries: (range) => inner.entries(range),
    close: () => inner.close(),
    async write(batch) {
      if (writes.has(count++)) throw new SettlementStorageError('STORAGE_IO', 'the disk is full')
      await inner.write(batch)
    },
  }
}

describe('what upstream gets wrong', () => {
  test('a network whose very first certificate was only pending › goes on at boot, without another submission', async () => {
    const { chain, first } = chainOf(1)
    const w = world()
    await life(w, chain, { crash: { write: 2, when: 'after' } }, (r) => settleAll(r, chain))
    await life(w, chain, {}, (r) => r.untilStatus(idOf(first), 'settled'))
    expect(await storeProblems(w.database)).toEqual([])
  })

  test('a network whose storage failed › begins again by itself, and settles', async () => {
    const { chain, first } = chainOf(2)
    for (const write of [3, 4, 5, 7, 8]) {
      const w = world(failing(memoryDatabase(), new Set([write])))
      await life(w, chain, {}, async (r) => {
        for (const { certificate } of chain)
          await r.submit(certificate).catch(() => r.submit(certificate))
        await r.untilStatus(idOf(chain.at(-1) ?? first), 'settled')
      })
      expect(await storeProblems(w.database)).toEqual([])
    }
  })

  test('more certificates at once than a notification channel of 1000 holds › all settle', async () => {
    const networks = [1, 2, 3].map((id) => certificateChain(id, 4))
    const all = networks.flat()
    const w = world()
    await life(w, all, {}, (r) => settleAll(r, all.toReversed()))
    expect(await storeProblems(w.database)).toEqual([])
    expect(w.l1.transactions).toHaveLength(12)
  })

  test('a disabled network › is refused, does not prove and does not submit, until it is enabled', async () => {
    const { chain, first } = chainOf(2)
    const [, second] = chain
    if (second === undefined) throw new Error('no second')
    const w = world()
    await life(w, chain, {}, async (r) => {
      await r.engine.disableNetwork(1)
      expect(errorOf(await r.submit(first.certificate)).code).toBe('NetworkDisabled')
      await r.engine.enableNetwork(1)
      valueOf(await r.submit(second.certificate))
      await r.engine.disableNetwork(1)
    })
    // Disabled across a restart: what waits goes on waiting.
    await life(w, chain, {}, async (r) => {
      await r.until(() => r.engine.state(1)?.isDisabled === true)
      expect(errorOf(await r.submit(first.certificate)).code).toBe('NetworkDisabled')
      await r.engine.enableNetwork(1)
      await settleAll(r, chain)
    })
    expect(await storeProblems(w.database)).toEqual([])
  })

  test('a network that is disabled while its certificate is on its way to L1 › finishes that one, and begins no other', async () => {
    const { chain, first } = chainOf(2)
    const w = world()
    w.l1.isStalled = true
    await life(w, chain, {}, async (r) => {
      for (const { certificate } of chain) valueOf(await r.submit(certificate))
      await r.untilStatus(idOf(first), 'candidate')
      await r.engine.disableNetwork(1)
      w.l1.isStalled = false
      await r.untilStatus(idOf(first), 'settled')
      await r.until(() => r.engine.state(1)?.activity === 'idle')
      expect(r.engine.state(1)?.nextHeight).toBe(1n)
    })
    expect(w.l1.transactions).toHaveLength(1)
  })

  test('a replacement with a bad signature › causes no question to L1 about the settlement', async () => {
    const { chain, first } = chainOf(1)
    const forged = resubmission(first, idOf(first), {
      type: 'ecdsa',
      wallet: fakeWallet(2),
      commitment: 'V5',
    })
    const w = world()
    const receipts: string[] = []
    const receipt = w.l1.receipt.bind(w.l1)
    w.l1.receipt = (txHash) => {
      receipts.push(toHex(txHash))
      return receipt(txHash)
    }
    await life(w, [...chain, forged], {}, async (r) => {
      w.l1.revertsLeft = 1
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'inError')
      await r.until(() => r.engine.state(1)?.activity === 'idle')
      expect(errorOf(await r.submit(forged.certificate)).code).toBe('SignatureMismatch')
    })
    expect(receipts).toEqual([])
  })

  test('certificates of one network beyond its rate › are refused with the time to wait, and forged ones do not count', async () => {
    const { chain, first } = chainOf(3)
    const forged = resubmission(first, idOf(first), {
      type: 'ecdsa',
      wallet: fakeWallet(2),
      commitment: 'V5',
    })
    const w = world()
    w.clock.autoAdvance = false
    const rateLimits = new NetworkRateLimits({ default: { maxPerInterval: 2, intervalMs: 60_000 } })
    await life(w, [...chain, forged], { engine: { rateLimits } }, async (r) => {
      expect(errorOf(await r.submit(forged.certificate)).code).toBe('SignatureMismatch')
      const results = []
      for (const { certificate } of chain) results.push(await r.submit(certificate))
      expect(results.map(({ ok }) => ok)).toEqual([true, true, false])
      expect(errorOf(results[2] ?? { ok: true })).toMatchObject({
        code: 'RateLimited',
        kind: 'retry',
        untilNextMs: 60_000,
      })
    })
  })

  test('a height below one that waits › is accepted, so that a gap can be filled', async () => {
    const { chain } = chainOf(3)
    const w = world()
    await life(w, chain, {}, (r) => settleAll(r, chain.toReversed()))
    expect(await storeProblems(w.database)).toEqual([])
  })

  test('an L1 that cannot be asked for long › delays certificates, and fails none', async () => {
    const { chain, first } = chainOf(1)
    const w = world()
    w.l1.isDown = true
    await life(w, chain, {}, async (r) => {
      valueOf(await r.submit(first.certificate))
      await r.until(() => r.events.filter(({ type }) => type === 'retrying').length >= 50)
      expect((await r.store.header(idOf(first)))?.status.type).toBe('pending')
      w.l1.isDown = false
      await r.untilStatus(idOf(first), 'settled')
    })
  })

  test('a pessimistic root on L1 that nobody here knows › is reported, and the certificate in error, for good', async () => {
    const { chain, first } = chainOf(2)
    const [, second] = chain
    if (second === undefined) throw new Error('no second')
    const w = world()
    await life(w, chain, {}, async (r) => {
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'settled')
    })
    w.l1.execute({ networkId: 1, from: w.l1.root(1), to: idOf(first) })
    const { result } = await life(w, chain, {}, async (r) => {
      valueOf(await r.submit(second.certificate))
      await r.untilStatus(idOf(second), 'inError')
      return { header: await r.store.header(idOf(second)), events: r.events }
    })
    expect(result?.header?.status).toMatchObject({
      error: { kind: 'fatal', reason: 'L1RootUnknown' },
    })
    expect(result?.events.some(({ type }) => type === 'l1RootUnknown')).toBe(true)
  })
})
