import { concatBytes, hash32, loadCryptoBackends } from '@zkstack/crypto'
import { jobId, jobTables, upgradeJobRecord } from '@zkstack/l1'
import {
  applyCertificate,
  certificateId,
  EMPTY_LOCAL_NETWORK_STATE,
} from '@zkstack/pessimistic-proof'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  certificateStatusError,
  columns,
  jobStoreIn,
  memoryDatabase,
  migrate,
  migrations,
  prune,
  readLatestHeaders,
  SettlementStore,
  type Database,
  type StoredProof,
} from '../../src/index.js'
import { planPointer } from '../../src/storage/certificate-edits.js'
import { columnPrefix } from '../../src/storage/column.js'
import { certificateChain, testClock } from '../../testing/index.js'
import { storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world } from '../helpers/lives.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const tx = hash32(new Uint8Array(32).fill(4))
const root = hash32(new Uint8Array(32).fill(5))
const job = jobId(new Uint8Array(16).fill(6))
const none = new Uint8Array()
const proof: StoredProof = { type: 'native', publicValues: none, proof: none, vkey: none }
const error = certificateStatusError('SettlementError', 'reverted', { reason: 'Reverted' })

async function opened(o: { readonly epoch?: bigint } = {}) {
  const database = memoryDatabase()
  const store = await SettlementStore.open(database)
  valueOf(await store.openEpoch(o.epoch ?? 0n, testClock(o.epoch ?? 0n)))
  const chain = certificateChain(1, 2)
  const [first] = chain
  if (first === undefined) throw new Error('no certificate')
  const { certificate, l1 } = first
  const id = valueOf(await store.accept(certificate, { judged: undefined }))
  const before = EMPTY_LOCAL_NETWORK_STATE
  const after = valueOf(applyCertificate(before, certificate, l1)).next
  const request = {
    certificateId: id,
    settlementTxHash: tx,
    before,
    after,
    newPessimisticRoot: root,
  }
  return { database, store, chain, first, id, request }
}

describe('a settlement store', () => {
  test('settles a certificate in one write, and never again', async () => {
    const { database, store, id, request } = await opened({ epoch: 7n })
    expect(valueOf(await store.finalise(request))).toEqual({ epoch: 7n, index: 0n })
    expect(await storeProblems(database)).toEqual([])
    const header = await store.header(id)
    expect(header).toMatchObject({
      status: { type: 'settled' },
      epochNumber: 7n,
      certificateIndex: 0n,
      settlementTxHash: tx,
    })
    expect(errorOf(await store.finalise(request)).code).toBe('WrongStatus')
    expect(errorOf(await store.storeError(id, error, root)).code).toBe('WrongStatus')
    expect(errorOf(await store.resetToPending(id)).code).toBe('WrongStatus')
    expect(await store.header(id)).toEqual(header)
  })

  test('settles the one that an operator made the newest, while another waits above › that one is the newest', async () => {
    const { database, store, chain, id, request } = await opened()
    const [, second] = chain
    if (second === undefined) throw new Error('no second certificate')
    const secondId = valueOf(await store.accept(second.certificate, { judged: undefined }))
    valueOf(await store.edit((records) => planPointer(records, id, 'latestPending')))
    valueOf(await store.finalise(request))
    expect((await readLatestHeaders(database, 1)).pending?.certificateId).toEqual(secondId)
    expect(await store.networksWithCertificates()).toEqual([1])
    expect(await storeProblems(database)).toEqual([])
  })

  test('given a state that is not the one after › writes nothing', async () => {
    const { database, store, id, request } = await opened()
    const { before, after } = request
    for (const wrong of [
      { ...request, before: after },
      { ...request, after: before },
      { ...request, after: { ...after, exitTree: before.exitTree } },
    ])
      await expect(store.finalise(wrong)).rejects.toMatchObject({ code: 'STORAGE_INVARIANT' })
    expect((await store.header(id))?.status.type).toBe('pending')
    expect(await storeProblems(database)).toEqual([])
  })

  test('without an open epoch › settles nothing', async () => {
    const { database, request } = await opened()
    const store = await SettlementStore.open(database)
    expect(errorOf(await store.finalise(request)).code).toBe('NoOpenEpoch')
  })

  test('whose trees are there in part › is corrupt, and says so', async () => {
    const { store, request, first, database } = await opened()
    valueOf(await store.finalise(request))
    for (const column of [columns.exitTrees, columns.stateHeads]) {
      const change = column.del(1)
      const [kept] = await database.getMany([change.key])
      await database.write([change])
      await expect(store.stateFor(first.certificate)).rejects.toMatchObject({
        code: 'STORAGE_CORRUPT',
      })
      await database.write([{ type: 'put', key: change.key, value: kept ?? none }])
    }
    let nodes = 0
    for await (const [key] of columns.balanceTrees.entries(database)) {
      nodes++
      const change = columns.balanceTrees.del(key)
      const [kept] = await database.getMany([change.key])
      await database.write([change])
      await expect(store.stateFor(first.certificate)).rejects.toMatchObject({
        code: 'STORAGE_CORRUPT',
      })
      await database.write([{ type: 'put', key: change.key, value: kept ?? none }])
    }
    expect(nodes).toBe(2)
    expect(await storeProblems(database)).toEqual([])
  })

  test('asked for a link to a second job › refuses the whole batch', async () => {
    const { database, store, id } = await opened()
    expect(errorOf(await store.jobLink(id, job)).code).toBe('WrongStatus')
    valueOf(await store.storeProof(id, proof))
    const jobs = jobStoreIn(database)
    const link = valueOf(await store.jobLink(id, job))
    valueOf(await jobs.write(link))
    const another = jobId(new Uint8Array(16).fill(7))
    expect(
      errorOf(await jobs.write([...link, { type: 'put', table: 'x', key: another, value: none }]))
        .code,
    ).toBe('ALREADY_PRESENT')
    expect(await jobs.get('x', another)).toBeUndefined()
    expect(await store.jobOf(id)).toEqual(job)
    expect(await store.certificateOf(job)).toEqual(id)
    expect((await store.header(id))?.status.type).toBe('candidate')
  })

  test('told of a certificate that was judged before another one came › refuses it', async () => {
    const { store, first } = await opened()
    expect(errorOf(await store.accept(first.certificate, { judged: undefined })).code).toBe(
      'Replaced',
    )
  })

  test('keeps the transaction of a failed certificate', async () => {
    const { store, id } = await opened()
    valueOf(await store.storeError(id, error, tx))
    valueOf(await store.storeError(id, error, undefined))
    expect((await store.header(id))?.settlementTxHash).toEqual(tx)
  })

  test('packs epochs once and for ever, thousands in one write', async () => {
    const { database, store, request } = await opened()
    valueOf(await store.finalise(request))
    expect(valueOf(await store.openEpoch(5000n, testClock(5000n))).number).toBe(5000n)
    expect(await store.latestSettledEpoch()).toBe(4999n)
    const packed: bigint[] = []
    for await (const [epoch] of columns.packedEpochs.entries(database)) packed.push(epoch)
    expect(packed).toEqual([0n])
    expect(errorOf(await store.openEpoch(4999n, testClock(4999n))).code).toBe('EpochWentBack')
    const again = await SettlementStore.open(database)
    expect(valueOf(await again.openEpoch(5000n, testClock(5000n)))).toMatchObject({ nextIndex: 0n })
    expect(await again.clock()).toEqual(testClock(5000n))
  })

  test('opened again within an epoch › goes on counting where it was', async () => {
    const { database, store, request, chain } = await opened()
    valueOf(await store.finalise(request))
    const again = await SettlementStore.open(database)
    expect(valueOf(await again.openEpoch(0n, testClock(0n)))).toMatchObject({ nextIndex: 1n })
    const [, second] = chain
    if (second === undefined) throw new Error('no certificate')
    valueOf(await again.accept(second.certificate, { judged: undefined }))
    const before = await again.stateFor(second.certificate)
    const l1 = { ...second.l1, prevPessimisticRoot: 'V3' as const }
    const after = valueOf(applyCertificate(before, second.certificate, l1)).next
    const certificateIdOfSecond = certificateId(second.certificate)
    const next = { ...request, certificateId: certificateIdOfSecond, before, after }
    expect(valueOf(await again.finalise(next))).toEqual({ epoch: 0n, index: 1n })
  })

  test('tells the newest headers of a network', async () => {
    const { database, store, id, request, chain } = await opened()
    valueOf(await store.finalise(request))
    expect(await readLatestHeaders(database, 1)).toMatchObject({
      pending: undefined,
      settled: { certificateId: id },
      known: { certificateId: id },
    })
    const [, second] = chain
    if (second === undefined) throw new Error('no certificate')
    valueOf(await store.accept(second.certificate, { judged: undefined, debug: true }))
    expect((await readLatestHeaders(database, 1)).known?.height).toBe(1n)
    expect(
      await columns.debugCertificates.get(database, certificateId(second.certificate)),
    ).toEqual(second.certificate)
  })

  test('disables a network since a time', async () => {
    const { database, store } = await opened()
    await store.setDisabled(1, 1_700_000_000_123)
    expect(await columns.disabledNetworks.get(database, 1)).toEqual({
      disabledAtMs: 1_700_000_000_123,
      disabledBy: 'admin',
    })
    expect((await store.settledNetwork(1)).isDisabled).toBe(true)
    await store.setDisabled(1, undefined)
    expect((await store.settledNetwork(1)).isDisabled).toBe(false)
  })
})

describe('migrations', () => {
  const names = async (database: Database) => {
    const made: string[] = []
    for await (const [, name] of columns.migrations.entries(database)) made.push(name)
    return made
  }
  const step = (name: string, key: number) => ({
    name,
    plan: async () => [
      { type: 'put' as const, key: Uint8Array.of(key), value: Uint8Array.of(key) },
    ],
  })

  test('are made once each, in order, and recorded', async () => {
    const database = memoryDatabase()
    await migrate(database, [step('a', 1)])
    await migrate(database, [step('a', 9), step('b', 2)])
    expect(await names(database)).toEqual(['a', 'b'])
    expect(await database.getMany([1, 2, 9].map((key) => Uint8Array.of(key)))).toEqual([
      Uint8Array.of(1),
      Uint8Array.of(2),
      undefined,
    ])
  })

  test('of a database with more records than a call takes arguments › are made', async () => {
    const value = new Uint8Array()
    const many = Array.from({ length: 200_000 }, (_, key) => ({
      ...{ type: 'put' as const, value, key: new Uint8Array(new Uint32Array([key]).buffer) },
    }))
    const database = memoryDatabase()
    await migrate(database, [step('a', 1), { name: 'b', plan: async () => many }])
    expect(await names(database)).toEqual(['a', 'b'])
  })

  test('job records of a time before checksums › get theirs; what is damaged stays so', async () => {
    const table = jobTables.attemptsPerWallet
    const key = (byte: number) => concatBytes(columnPrefix(table), Uint8Array.of(byte))
    const checked = upgradeJobRecord(table, Uint8Array.of(1), new Uint8Array())
    const damaged = checked?.map((byte) => byte ^ 1)
    if (checked === undefined || damaged === undefined) throw new TypeError('no record')
    const database = memoryDatabase([
      [key(1), new Uint8Array()],
      [key(2), damaged],
    ])
    const [first] = migrations
    if (first === undefined) throw new TypeError('no migrations')
    await database.write([columns.migrations.put(0n, first.name)])
    for (let time = 0; time < 2; time++) {
      await SettlementStore.open(database)
      expect(await database.getMany([key(1), key(2)])).toEqual([checked, damaged])
    }
    expect(await names(database)).toEqual(migrations.map(({ name }) => name))
  })

  test('of a newer version, of another program or with a gap › are refused', async () => {
    const newer = memoryDatabase()
    await migrate(newer, [step('a', 1), step('b', 2)])
    const foreign = memoryDatabase([[Uint8Array.of(1), Uint8Array.of(1)]])
    const gap = memoryDatabase()
    await gap.write([columns.migrations.put(1n, 'a')])
    const renamed = memoryDatabase()
    await migrate(renamed, [step('z', 1)])
    for (const database of [newer, foreign, gap, renamed])
      await expect(migrate(database, [step('a', 1)])).rejects.toMatchObject({
        code: 'STORAGE_SCHEMA',
      })
  })
})

describe('pruning', () => {
  test('deletes the certificates and proofs of old epochs, and no header', async () => {
    const w = world()
    const chain = certificateChain(1, 4)
    await life(w, chain, {}, async (r) => {
      for (const [i, submission] of chain.entries()) {
        await settleAll(r, [submission])
        await r.openEpoch(BigInt(i + 1))
      }
    })
    expect(await prune(w.database, {})).toBe(0)
    expect(await prune(w.database, { epochs: 1n })).toBe(6)
    const left: bigint[] = []
    for await (const [{ epoch }] of columns.epochCertificates.entries(w.database)) left.push(epoch)
    expect(left).toEqual([3n])
    const store = await SettlementStore.open(w.database)
    for (const { certificate } of chain)
      expect((await store.header(certificateId(certificate)))?.status.type).toBe('settled')
  })
})
