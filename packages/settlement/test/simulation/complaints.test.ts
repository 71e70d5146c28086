import { hash32, loadCryptoBackends, ok } from '@zkstack/crypto'
import type { FinalityPolicy, L1Client } from '@zkstack/l1'
import { SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { address, certificateId } from '@zkstack/pessimistic-proof'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  certificateHeaderToJson,
  certificateStatusError,
  parseCertificateHeader,
  readNetworkInfo,
} from '../../src/index.js'
import { L1InfoRoots } from '../../src/contracts/l1-info-roots.js'
import { certificateChain, resubmission } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world } from '../helpers/lives.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const metadata = hash32(new Uint8Array(32).fill(7))
const idOf = ({ certificate }: { certificate: Parameters<typeof certificateId>[0] }) =>
  certificateId(certificate)

function chainOf(length: number) {
  const chain = certificateChain(1, length)
  const [first] = chain
  if (first === undefined) throw new Error('an empty chain')
  return { chain, first }
}

/** Settles the certificate on L1 while the node, which stored job and status Candidate, is dead. */
async function settledWhileOffline() {
  const { chain, first } = chainOf(1)
  const w = world()
  await life(w, chain, { crash: { write: 4, when: 'after' } }, (r) => settleAll(r, chain))
  const [job] = await jobIds(w.database)
  expect(job).toBeDefined()
  return { w, chain, first }
}

const headAt = (number: bigint) => ({
  number,
  hash: metadata,
  parentHash: metadata,
  timestamp: 0n,
  baseFeePerGas: 0n,
})

describe('what users of Agglayer complained about', () => {
  test('agglayer #1076, #1131: a certificate that settled while the node was offline › settles here too, L1 being read as it was before the transaction', async () => {
    const { w, chain, first } = await settledWhileOffline()
    await life(w, chain, {}, (r) => r.untilStatus(idOf(first), 'settled'))
    expect(await storeProblems(w.database)).toEqual([])
    expect(w.l1.transactions).toHaveLength(1)
  })

  test('agglayer #1076, control: without pinned reads › the certificate ends in error', async () => {
    const { w, chain, first } = await settledWhileOffline()
    const prepare = (certifier: { pinsReads: boolean }) => {
      certifier.pinsReads = false
    }
    await life(w, chain, { prepare }, (r) => r.untilStatus(idOf(first), 'inError'))
  })

  test('agglayer #1157: a certificate in error that L1 has settled all the same › is adopted as settled', async () => {
    const { chain, first } = chainOf(2)
    const w = world()
    await life(w, chain, {}, async (r) => {
      w.l1.revertsLeft = 1
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'inError')
    })
    const [reverted] = w.l1.transactions
    if (reverted === undefined) throw new Error('nothing was sent')
    // Another transaction, of whoever, settles the same proof.
    const elsewhere = w.l1.execute(reverted)
    const { result } = await life(w, chain, {}, async (r) => {
      await r.untilStatus(idOf(first), 'settled')
      const adopted = r.events.filter(({ type }) => type === 'adopted')
      await settleAll(r, chain)
      return { adopted, header: await r.store.header(idOf(first)) }
    })
    expect(result?.adopted).toHaveLength(1)
    expect(result?.header?.settlementTxHash).toEqual(elsewhere.hash)
    expect(await storeProblems(w.database)).toEqual([])
  })

  test('agglayer #1157: a pending certificate that L1 has settled, the node having lost proof and job › is adopted at boot', async () => {
    const { chain, first } = chainOf(1)
    const other = world()
    await life(other, chain, {}, (r) => settleAll(r, chain))
    const w = world()
    await life(w, chain, { crash: { write: 2, when: 'after' } }, (r) => settleAll(r, chain))
    for (const transaction of other.l1.transactions) w.l1.execute(transaction)
    const { result } = await life(w, chain, {}, async (r) => {
      await r.untilStatus(idOf(first), 'settled')
      return r.certifier.certified
    })
    expect(result).toEqual([])
    expect(w.l1.transactions).toHaveLength(1)
    expect(await storeProblems(w.database)).toEqual([])
  })

  test('aggkit #420, agglayer #1411, PRs #1387, #1514, #1615: certificates of one network › need not wait for the next epoch, unless the operator wants it', async () => {
    const { chain } = chainOf(3)
    const unlimited = world()
    await life(unlimited, chain, {}, (r) => settleAll(r, chain))
    const limited = world()
    const engine = { certificatesPerEpoch: 1 }
    const { result } = await life(limited, chain, { engine }, async (r) => {
      for (const { certificate } of chain) valueOf(await r.submit(certificate))
      const settled: bigint[] = []
      for (let epoch = 0n; epoch < 3n; epoch++) {
        const next = chain[Number(epoch)]
        if (next === undefined) break
        await r.untilStatus(idOf(next), 'settled')
        settled.push((await r.store.header(idOf(next)))?.epochNumber ?? -1n)
        const ahead = chain[Number(epoch) + 1]
        if (ahead === undefined) break
        expect((await r.store.header(idOf(ahead)))?.status.type).toBe('pending')
        await r.openEpoch(epoch + 1n)
      }
      return settled
    })
    expect(result).toEqual([0n, 1n, 2n])
    expect(await storeProblems(limited.database)).toEqual([])
  })

  test('aggkit #23, #24, #25, #517: a client that crashed between sending and saving › submits again, to no effect', async () => {
    const { chain, first } = chainOf(1)
    const w = world()
    await life(w, chain, {}, async (r) => {
      expect(valueOf(await r.submit(first.certificate)).isNew).toBe(true)
      expect(valueOf(await r.submit(first.certificate)).isNew).toBe(false)
      await r.untilStatus(idOf(first), 'settled')
      expect(valueOf(await r.submit(first.certificate)).isNew).toBe(false)
    })
    expect(await jobIds(w.database)).toHaveLength(1)
    expect(w.l1.transactions).toHaveLength(1)
  })

  test('aggkit #1708, #727: a certificate that cannot succeed › is not tried again, and says whether to retry, to rebuild or to give up', async () => {
    const { chain, first } = chainOf(1)
    const again = resubmission(first, metadata)
    const w = world()
    const { result } = await life(w, [...chain, again], {}, async (r) => {
      const transient = certificateStatusError('InternalError', 'the prover is busy')
      const doomed = certificateStatusError('TypeConversionError', 'the root was reorged away', {
        reason: 'L1InfoRootIncorrect',
      })
      r.certifier.failures.push(transient, transient, doomed)
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'inError')
      const header = await r.store.header(idOf(first))
      const left = r.certifier.failures.length
      await r.until(() => r.engine.state(1)?.activity === 'idle')
      valueOf(await r.submit(again.certificate))
      await r.untilStatus(idOf(again), 'settled')
      return { header, left, retries: r.events.filter(({ type }) => type === 'retrying').length }
    })
    expect(result?.header?.status).toMatchObject({
      type: 'inError',
      error: { kind: 'rebuild', code: 'TypeConversionError', reason: 'L1InfoRootIncorrect' },
    })
    expect(result?.left).toBe(0)
    expect(result?.retries).toBe(2)
  })

  test('cdk PR #198: the error of a certificate › is flat JSON with stable codes, and reads back', async () => {
    const { chain, first } = chainOf(1)
    const w = world()
    const { result } = await life(w, chain, {}, async (r) => {
      w.l1.revertsLeft = 1
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'inError')
      return r.store.header(idOf(first))
    })
    if (result === undefined) throw new Error('no header')
    const text = certificateHeaderToJson(result)
    expect(JSON.parse(text)).toMatchObject({
      status: {
        InError: { error: { kind: 'rebuild', code: 'SettlementError', reason: 'Reverted' } },
      },
    })
    expect(valueOf(parseCertificateHeader(text))).toEqual(result)
  })

  test.each<readonly [FinalityPolicy['tag'], number, bigint]>([
    ['latest', 1, 100n],
    ['latest', 12, 89n],
    ['safe', 1, 90n],
    ['finalized', 1, 70n],
  ])(
    'agglayer PR #1253, #530, aggkit #1706: what counts as final › is set for each use: %s, %i confirmations',
    async (tag, confirmations, expected) => {
      const heads = { latest: 100n, safe: 90n, finalized: 70n }
      const asked: unknown[] = []
      const client: L1Client = {
        ...simulatedClient(new SimulatedChain()),
        block: async (at) => ok(typeof at === 'string' ? headAt(heads[at]) : undefined),
        call: async (_, at) => {
          asked.push(at)
          return ok(new Uint8Array(32).fill(1))
        },
      }
      const globalExitRootManager = address(new Uint8Array(20))
      const roots = new L1InfoRoots({
        ...{ client, globalExitRootManager },
        finality: { tag, confirmations },
      })
      const { signal } = new AbortController()
      expect(await roots.rootOf(5, { signal })).toMatchObject({ ok: true })
      expect(asked).toEqual([expected])
    },
  )

  test('agglayer #955: the state of a network › is one answer', async () => {
    const { chain, first } = chainOf(2)
    const w = world()
    await life(w, chain, {}, async (r) => {
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'settled')
    })
    expect(await readNetworkInfo(w.database, 2)).toBeUndefined()
    expect(await readNetworkInfo(w.database, 1)).toMatchObject({
      networkStatus: 'active',
      networkType: 'ecdsa',
      settledHeight: 0n,
      settledCertificateId: idOf(first),
      settledLer: first.certificate.newLocalExitRoot,
      settledLetLeafCount: 1n,
      settledClaim: { globalIndex: { mainnetFlag: true, leafIndex: 0 } },
      latestPendingHeight: undefined,
      latestEpochWithSettlement: 0n,
    })
  })

  test('a certificate that failed on L1 › may not be sent again as it is, but with other metadata it settles', async () => {
    const { chain, first } = chainOf(1)
    const again = resubmission(first, metadata)
    const w = world()
    await life(w, [...chain, again], {}, async (r) => {
      w.l1.revertsLeft = 1
      valueOf(await r.submit(first.certificate))
      await r.untilStatus(idOf(first), 'inError')
      await r.until(() => r.engine.state(1)?.activity === 'idle')
      expect(errorOf(await r.submit(first.certificate))).toMatchObject({
        code: 'UnableToReplacePendingCertificate',
        reason: 'SameCertificate',
      })
      valueOf(await r.submit(again.certificate))
      await r.untilStatus(idOf(again), 'settled')
    })
    expect(w.l1.transactions.map(({ outcome }) => outcome)).toEqual(['reverted', 'success'])
    expect(await storeProblems(w.database)).toEqual([])
  })
})
