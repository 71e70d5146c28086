import { Ctx, seededRandom } from '@zkstack/concurrency'
import { createJobId, createTransactionManager, jobTables, memoryJobStore } from '@zkstack/l1'
import { SimulatedL1, simulatedL1Client } from '@zkstack/l1/testing'
import { describe, expect, test } from 'vitest'
import { refused, unavailable } from '../../src/l1-error.js'
import { foreignTransaction } from '../helpers/foreign-transaction.js'
import { codeOf, Rig, running, signal, signer } from '../helpers/manager-rig.js'

test.each([0, -1, NaN])(
  'a manager that waits %s ms between looks › is not made',
  (pollIntervalMs) => {
    const client = simulatedL1Client(new SimulatedL1())
    const o = { client, signers: [signer], store: memoryJobStore(), pollIntervalMs } as const
    expect(() => createTransactionManager(o)).toThrow(RangeError)
  },
)

describe('submitting', () => {
  test('a call that L1 says would fail › refused, and nothing is stored', async () => {
    const rig = await running({
      spoil: (client) => ({
        ...client,
        estimateGas: async () => ({ ok: false, error: refused('REVERTED', 'no role') }),
      }),
    })
    const request = { to: signer.address, calldata: new Uint8Array() }
    const refusal = await rig.manager.submit(request, { signal })
    expect(refusal).toMatchObject({ error: { code: 'REFUSED', cause: { reason: 'REVERTED' } } })
    for await (const _ of rig.manager.jobs()) expect.unreachable()
  })

  test('L1 cannot be asked for a while › waits, then submits', async () => {
    let failures = 3
    const rig = await running({
      spoil: (client) => ({
        ...client,
        estimateGas: async (call, o) =>
          failures-- > 0
            ? { ok: false, error: unavailable('timeout') }
            : client.estimateGas(call, o),
      }),
    })
    const submitting = rig.manager.submit(
      { to: signer.address, calldata: new Uint8Array() },
      { signal },
    )
    await rig.clock.run(30_000)
    expect(await submitting).toMatchObject({ ok: true })
  })

  test.each([0n, 21_001n, 2n ** 60n])(
    'the estimate is %s once › the gas limit is that of the others',
    async (wrong) => {
      let asked = 0
      const rig = await running({
        spoil: (client) => ({
          ...client,
          estimateGas: async (call, o) =>
            asked++ === 0 ? { ok: true, value: wrong } : client.estimateGas(call, o),
        }),
      })
      const submitting = rig.submit()
      await rig.clock.run(10_000)
      const { record } = await rig.status(await submitting)
      expect(record.job.gasLimit).toBe(65_000n)
    },
  )

  test('estimates that differ a little › the higher one counts', async () => {
    let asked = 0
    const rig = await running({
      spoil: (client) => ({
        ...client,
        estimateGas: async () => ({ ok: true, value: asked++ === 0 ? 50_000n : 60_000n }),
      }),
    })
    const { record } = await rig.status(await rig.submit())
    expect(record.job.gasLimit).toBe(78_000n)
    expect(asked).toBe(2)
  })

  test('a call that L1 says would fail, once › submitted', async () => {
    let asked = 0
    const rig = await running({
      spoil: (client) => ({
        ...client,
        estimateGas: async (call, o) =>
          asked++ === 0
            ? { ok: false, error: refused('REVERTED', 'no role') }
            : client.estimateGas(call, o),
      }),
    })
    const submitting = rig.submit()
    await rig.clock.run(10_000)
    expect((await rig.status(await submitting)).status).toBe('pending')
  })

  test('estimates that never agree › asked again after a while each time, as long as it takes', async () => {
    let asked = 0
    const rig = await running({
      spoil: (client) => ({
        ...client,
        estimateGas: async () => ({ ok: true, value: 10n ** BigInt(asked++ % 5) }),
      }),
    })
    const leaving = new AbortController()
    const request = { to: signer.address, calldata: new Uint8Array() }
    const submitting = rig.manager.submit(request, { signal: leaving.signal })
    const ended = expect(submitting).rejects.toThrow()
    await rig.clock.run(60_000)
    leaving.abort()
    await ended
    expect(asked).toBeGreaterThan(3)
    expect(asked).toBeLessThan(20)
    for await (const _ of rig.manager.jobs()) expect.unreachable()
  })

  test('the same request with its id › one job; another request with that id › ALREADY_PRESENT', async () => {
    const rig = await running()
    const id = createJobId(1, seededRandom('id'))
    await rig.submit(1, id)
    expect(await rig.submit(1, id)).toEqual(id)
    const other = { id, to: signer.address, calldata: Uint8Array.of(9) }
    expect(codeOf(await rig.manager.submit(other, { signal }))).toBe('ALREADY_PRESENT')
    await rig.mine(4)
    expect(rig.l1.count(signer.address, rig.l1.height)).toBe(1n)
  })

  test('links in the same batch › there with the job, or neither', async () => {
    const rig = await running()
    const link = {
      type: 'insert',
      table: 'link',
      key: Uint8Array.of(1),
      value: Uint8Array.of(2),
    } as const
    const request = { to: signer.address, calldata: new Uint8Array() }
    const first = await rig.manager.submit(request, { signal, commitWith: [link] })
    expect(first.ok).toBe(true)
    expect(await rig.store.get('link', Uint8Array.of(1))).toEqual(Uint8Array.of(2))
    const second = await rig.manager.submit(request, { signal, commitWith: [link] })
    expect(codeOf(second)).toBe('ALREADY_PRESENT')
    const ids = []
    for await (const { id } of rig.manager.jobs()) ids.push(id)
    expect(ids).toHaveLength(1)
  })

  test('L1 counts far too many transactions, once › the next nonce is taken, as if it had not', async () => {
    let lies = 0
    const rig = await running({
      spoil: (client) => ({
        ...client,
        transactionCount: async (sender, at, o) =>
          at === 'pending' && lies++ === 1
            ? { ok: true, value: 0x500n }
            : client.transactionCount(sender, at, o),
      }),
    })
    await rig.submit(0)
    await rig.submit(1)
    await rig.mine(4)
    expect(lies).toBeGreaterThan(2)
    expect(rig.l1.count(signer.address, rig.l1.height)).toBe(2n)
  })

  test('jobs submitted together › no two have the same nonce', async () => {
    const rig = await running()
    await Promise.all(Array.from({ length: 12 }, (_, i) => rig.submit(i)))
    const nonces = rig.l1.mempool.map(({ nonce }) => nonce)
    expect([...nonces].sort((a, b) => Number(a - b))).toEqual(nonces.map((_, i) => BigInt(i)))
  })
})

describe('an answer that is wrong once', () => {
  test.each(['success', 'reverted'] as const)(
    'a final receipt with the other status than %s › is not stored',
    async (status) => {
      let lies = 0
      const rig = await running({
        reverts: () => status === 'reverted',
        spoil: (client) => ({
          ...client,
          async receipt(hash, o) {
            const answer = await client.receipt(hash, o)
            const isFinal = answer.ok && answer.value !== undefined && rig.l1.height >= 3n
            if (!isFinal || lies++ > 0) return answer
            const other = status === 'success' ? 'reverted' : 'success'
            return { ok: true, value: { ...answer.value, status: other } }
          },
        }),
      })
      const id = await rig.submit()
      await rig.mine(8)
      expect(lies).toBeGreaterThan(1)
      expect(await rig.manager.result(id)).toMatchObject({ value: { call: { outcome: status } } })
    },
  )

  test('a nonce is said to be of another transaction, when that would be final › no second one is sent', async () => {
    let lies = 0
    const rig = await running({
      spoil: (client) => ({
        ...client,
        async transactionBySenderAndNonce(sender, nonce, o) {
          const answer = await client.transactionBySenderAndNonce(sender, nonce, o)
          const mined = answer.ok && answer.value !== 'UNSUPPORTED' ? answer.value : undefined
          if (mined === undefined || rig.l1.height < 3n || lies++ > 0) return answer
          return { ok: true, value: { ...mined, hash: mined.blockHash } }
        },
      }),
    })
    const id = await rig.submit()
    await rig.mine(8)
    expect(lies).toBeGreaterThan(1)
    expect(rig.l1.count(signer.address, rig.l1.height)).toBe(1n)
    expect(await rig.manager.result(id)).toMatchObject({ value: { nonce: 0n } })
  })
})

describe('results', () => {
  test('a job that succeeds › result, status and metrics tell so (agglayer #1676, #1352, #700, #1201, #1200)', async () => {
    const rig = await running()
    const id = await rig.submit()
    expect(await rig.manager.result(id)).toEqual({ ok: true, value: undefined })
    expect(rig.metrics.value('agglayer_node_settlement_jobs')).toBe(1)
    const waiting = rig.manager.wait(id, { signal })
    await rig.mine(4)
    expect(await waiting).toMatchObject({ value: { nonce: 0n, call: { outcome: 'success' } } })
    expect(await rig.manager.wait(id, { signal })).toEqual(await waiting)
    expect(await rig.status(id)).toMatchObject({ status: 'completed', hasLiveTask: false })
    const wallet = `0x${'01'.repeat(20)}`
    expect(rig.metrics.value('agglayer_node_settlement_jobs')).toBe(0)
    const sent = { kind: 'submission' }
    expect(rig.metrics.value('agglayer_node_settlement_attempts', sent)).toBe(1)
    const outcome = { outcome: 'success', wallet }
    expect(rig.metrics.value('agglayer_node_settlement_job_duration_seconds', outcome)).toBe(1)
  })

  test.each([
    ['refuses', refused('OTHER', 'required historical state unavailable')],
    ['says that it may pass', unavailable('missing trie node')],
  ])(
    'a node that keeps no old states and %s › the receipts of the job decide',
    async (_, error) => {
      const rig = await running({
        spoil: (client) => ({
          ...client,
          transactionBySenderAndNonce: async () => ({ ok: false, error }),
        }),
      })
      const id = await rig.submit()
      await rig.mine(4)
      expect(await rig.manager.result(id)).toMatchObject({
        value: { call: { outcome: 'success' } },
      })
    },
  )

  test('a node without old states, and a stranger who took the nonce › waits, until a node says that it is final', async () => {
    let knowsOldStates = false
    const missing = { ok: false, error: unavailable('missing trie node') } as const
    const rig = await running({
      baseFeePerGas: 2_000n,
      quotedBaseFeePerGas: 10n,
      spoil: (client) => ({
        ...client,
        transactionBySenderAndNonce: async () => missing,
        transactionCount: async (sender, at, o) =>
          typeof at === 'bigint' && !knowsOldStates
            ? missing
            : client.transactionCount(sender, at, o),
      }),
    })
    const id = await rig.submit()
    rig.l1.mineForeign(foreignTransaction(rig.l1, signer.address))
    rig.l1.baseFeePerGas = 10n
    await rig.mine(12)
    expect(await rig.manager.result(id)).toEqual({ ok: true, value: undefined })
    knowsOldStates = true
    await rig.mine(12)
    expect(await rig.manager.result(id)).toMatchObject({ value: { nonce: 1n } })
  })

  test('a job that reverts › final with its block', async () => {
    const rig = await running({ reverts: () => true })
    const id = await rig.submit()
    await rig.mine(4)
    expect(await rig.manager.result(id)).toMatchObject({
      value: { call: { outcome: 'reverted', blockNumber: 1n } },
    })
    expect(await rig.status(id)).toMatchObject({ lastError: 'reverted in block 1' })
  })

  test('no such job › NOT_FOUND everywhere', async () => {
    const rig = await running()
    const id = createJobId(1, seededRandom('none'))
    const { admin } = rig.manager
    const answers = [
      await rig.manager.result(id),
      await rig.manager.wait(id, { signal }),
      await rig.manager.job(id),
      await admin.abort(id),
      await admin.reload(id),
      await admin.markAttemptDefinitelyFailed(id, 0, 'gone'),
      await admin.removeAttemptResult(id, 0),
      await admin.forceRemoveJobResult(id),
    ]
    expect(answers.map(codeOf)).toEqual(answers.map(() => 'NOT_FOUND'))
  })
})

describe('a start on a store with jobs', () => {
  test('one cannot be read › it is passed over loudly and counted, the others go on', async () => {
    const before = new Rig()
    const id = await before.submit(1)
    const broken = createJobId(1, seededRandom('broken'))
    const value = Uint8Array.of(0xff)
    await before.store.write([{ type: 'put', table: jobTables.jobs, key: broken, value }])
    const rig = await running({ store: before.store })
    await rig.mine(4)
    expect(await rig.manager.result(id)).toMatchObject({ value: { call: { outcome: 'success' } } })
    expect(rig.metrics.value('agglayer_node_settlement_recovery_skipped_jobs')).toBe(1)
    expect(rig.logged('cannot be read')).toBe(true)
    const statuses = []
    for await (const job of rig.manager.jobs()) statuses.push(job.status)
    expect(statuses).toEqual(['unreadable', 'completed'])
  })

  test('a job that is completed › nothing is asked about it', async () => {
    const before = await running()
    await before.submit()
    await before.mine(4)
    const asked: string[] = []
    const around = (_: string, method: string) => asked.push(method)
    await running({ store: before.store, client: { around } })
    expect(asked).toEqual([])
  })
})

describe('the manager', () => {
  test('the store fails › run rejects with its error', async () => {
    const store = memoryJobStore()
    const rig = new Rig({
      store: { ...store, get: () => Promise.reject(new Error('disk')) },
    })
    const id = createJobId(1, seededRandom('x'))
    const value = new Uint8Array()
    await store.write([{ type: 'put', table: jobTables.jobs, key: id, value }])
    await expect(rig.manager.run(Ctx.root({ clock: rig.clock }))).rejects.toThrow('disk')
  })

  test('no jobs › L1 is asked nothing', async () => {
    const asked: string[] = []
    const rig = await running({ client: { around: (_, method) => asked.push(method) } })
    await rig.clock.run(60_000)
    expect(asked).toEqual([])
  })

  test('64 failures in a row › one warning, and not one each', async () => {
    const rig = await running({
      client: { fault: (method) => (method === 'block' ? 'lost' : undefined) },
    })
    await rig.submit()
    await rig.clock.run(64 * 13_000)
    const warnings = rig.logger.records.filter(
      ({ level, message }) => level === 'warn' && message.includes('tries again'),
    )
    expect(warnings).toHaveLength(1)
  })
})
