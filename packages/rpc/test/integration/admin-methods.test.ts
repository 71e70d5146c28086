import { Ctx, scope } from '@zkstack/concurrency'
import { recordingLogger } from '@zkstack/concurrency/testing'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { createTransactionManager, formatJobId, memoryJobStore, type JobId } from '@zkstack/l1'
import { SimulatedL1, simulatedL1Client, simulatedSigner, worldPolicy } from '@zkstack/l1/testing'
import {
  address,
  certificateId,
  certificateToJson,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { columns, memoryDatabase, SettlementStore } from '@zkstack/settlement'
import { certificateChain } from '@zkstack/settlement/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { adminMethods, serveRpc, type SettlementService } from '../../src/index.js'
import { runSimulatedNode } from '../../testing/index.js'

beforeAll(() => loadCryptoBackends())

const chain = certificateChain(1, 3)
const [first, second] = chain.map(({ certificate }) => certificate)
if (first === undefined || second === undefined) throw new Error('no certificates')
const [firstId, secondId] = [first, second].map(
  (certificate) => `0x${toHex(certificateId(certificate))}`,
)
const json = (certificate: Certificate): unknown => JSON.parse(certificateToJson(certificate))

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

type Ask = (method: string, ...params: readonly unknown[]) => Promise<Answer>

/** Serves the methods of operators, and asks with their token. */
async function operating(
  service: SettlementService,
  body: (ask: Ask, logger: ReturnType<typeof recordingLogger>) => Promise<void>,
): Promise<void> {
  const logger = recordingLogger()
  await using server = await serveRpc({
    methods: adminMethods(service, { logger }),
    token: 'secret',
    port: 0,
  })
  const ask = async (method: string, params: readonly unknown[], as?: string): Promise<Response> =>
    fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: `admin_${method}`, params }),
    })
  for (const name of adminMethods(service).keys()) {
    expect((await ask(name.replace('admin_', ''), [])).status).toBe(401)
    expect((await ask(name.replace('admin_', ''), [], 'Secret')).status).toBe(401)
  }
  await body(
    async (method, ...params) => (await (await ask(method, params, 'secret')).json()) as Answer,
    logger,
  )
}

const done = { jsonrpc: '2.0', id: 1, result: null }
const refused = (code: number, message: RegExp): object => ({
  error: { code, message: expect.stringMatching(message) as string },
})

const call = { signal: new AbortController().signal }

async function statusOf({ node }: SettlementService, certificate: Certificate): Promise<unknown> {
  return (await node.header(certificateId(certificate)))?.status
}

async function untilSettled(service: SettlementService, certificate: Certificate): Promise<void> {
  for (;;) {
    const status = await statusOf(service, certificate)
    if ((status as { type?: string } | undefined)?.type === 'settled') return
    expect(status).not.toMatchObject({ type: 'inError' })
    await new Promise(setImmediate)
  }
}

describe('operators, about certificates', () => {
  test('a status is edited from what it is, and the certificate settles when it is processed', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await operating(service, async (ask, { records }) => {
        await service.node.submit(second, call) // waits for the first one
        const edit = (...operations: readonly (string | null)[]): Promise<Answer> =>
          ask('forceEditCertificate', secondId, 'process-now=false', ...operations)
        expect(await edit('set-status,from=Pending,to=InError', null)).toEqual(done)
        expect(await statusOf(service, second)).toMatchObject({
          type: 'inError',
          error: { code: 'InternalError', message: 'Set to InError by administrator' },
        })
        expect(await edit('set-status,from=Pending,to=Proven')).toMatchObject(
          refused(-32602, /Current status \(InError\)/),
        )
        const pending = 'set-status,from=InError,to=Pending'
        expect(await edit(pending, 'set-status,from=Proven,to=Pending')).toMatchObject(
          refused(-32602, /Current status/),
        )
        for (const bad of [
          'set-settlement-tx-hash,from=null,to=0x00',
          'set-status,from=InError',
          'set-status,from=InError,to=Settled',
          'delete',
        ])
          expect(await edit(bad)).toMatchObject(refused(-32602, /^Invalid params: operation_1/))
        expect(await statusOf(service, second)).toMatchObject({ type: 'inError' })
        expect(
          await ask('forceEditCertificate', secondId, 'process-now=perhaps', pending),
        ).toMatchObject(refused(-32602, /process_now/))
        expect(
          await ask('forceEditCertificate', `0x${'51'.repeat(32)}`, 'process-now=true', pending),
        ).toMatchObject(refused(-10008, /^Resource not found: CertificateHeader\(0x5151/))
        expect(await ask('forceEditCertificate', secondId, 'process-now=true', pending)).toEqual(
          done,
        )
        await service.node.submit(first, call)
        await untilSettled(service, first)
        await untilSettled(service, second)
        expect(await edit('set-status,from=Pending,to=InError')).toMatchObject(
          refused(-32602, /Cannot edit a settled certificate/),
        )
        const audit = records.filter(({ message }) => message.startsWith('an operator'))
        expect(audit[0]).toMatchObject({
          level: 'warn',
          message: 'an operator acts',
          fields: {
            method: 'admin_forceEditCertificate',
            caller: expect.stringContaining('127.0.0.1') as string,
            params: expect.stringContaining(secondId ?? '') as string,
          },
        })
        expect(audit[1]).toMatchObject({
          message: 'an operator acted',
          fields: { outcome: 'done' },
        })
        expect(audit.at(-1)?.fields?.['outcome']).toMatch(/^-32602: /)
      })
    })
  })

  test('a certificate is removed, pushed again unchecked, and settles; one that nobody signed is replaced', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await operating(service, async (ask) => {
        await service.node.submit(second, call)
        expect(await ask('removePendingCertificate', 1, 0, true)).toMatchObject(
          refused(-10008, /^Resource not found: PendingCertificate\(1, 0\)/),
        )
        expect(await ask('removePendingCertificate', 1, 1, true)).toEqual(done)
        expect(await statusOf(service, second)).toMatchObject({ type: 'inError' })
        expect((await service.node.networkInfo(1))?.latestPendingHeight).toBeUndefined()
        expect(
          await ask(
            'forceEditCertificate',
            secondId,
            'process-now=true',
            'set-status,from=InError,to=Pending',
          ),
        ).toMatchObject(refused(-32602, /not queued/))

        expect(await ask('forcePushPendingCertificate', json(second), 'Settled')).toMatchObject(
          refused(-32602, /only L1 settles/),
        )
        const unsigned = { ...second, metadata: certificateId(second) }
        expect((await service.node.submit(unsigned, call)).ok).toBe(false)
        expect(await ask('forcePushPendingCertificate', json(unsigned), 'Pending')).toEqual(done)
        expect(await statusOf(service, unsigned)).toEqual({ type: 'pending' })
        expect(await ask('forcePushPendingCertificate', json(second), 'Pending')).toEqual(done)
        expect(await statusOf(service, unsigned)).toMatchObject({
          error: { message: 'Replaced by administrator' },
        })
        expect(await ask('forcePushPendingCertificate', json(first), 'Pending')).toEqual(done)
        await untilSettled(service, first)
        await untilSettled(service, second)
        expect(await ask('forcePushPendingCertificate', json(first), 'Pending')).toMatchObject(
          refused(-32602, /settled/),
        )
      })
    })
  })

  test('pointers and proofs', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await operating(service, async (ask) => {
        const [, , third] = chain.map(({ certificate }) => certificate)
        if (third === undefined) throw new Error('three certificates')
        await service.node.submit(second, call)
        await service.node.submit(third, call)
        expect((await service.node.networkInfo(1))?.latestPendingHeight).toBe(2n)
        expect(await ask('setLatestPendingCertificate', secondId)).toEqual(done)
        expect((await service.node.networkInfo(1))?.latestPendingHeight).toBe(1n)
        expect(await ask('setLatestProvenCertificate', secondId)).toEqual(done)
        const { database } = service.node.store
        expect(await columns.latestProven.get(database, 1)).toMatchObject({ height: 1n })
        for (const method of ['setLatestPendingCertificate', 'setLatestProvenCertificate'])
          expect(await ask(method, firstId)).toMatchObject(refused(-10008, /CertificateHeader\(0x/))
        expect(await ask('removePendingProof', secondId)).toMatchObject(
          refused(-10008, /^Resource not found: Proof\(0x/),
        )
        const bytes = new Uint8Array(32)
        const proof = { type: 'native', publicValues: bytes, proof: bytes, vkey: bytes } as const
        await database.write([columns.proofs.put(certificateId(second), proof)])
        expect(await ask('removePendingProof', secondId)).toEqual(done)
        expect(await columns.proofs.get(database, certificateId(second))).toBeUndefined()
      })
    })
  })

  test('balances of tokens are those that the settled certificates lead to', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await operating(service, async (ask) => {
        expect(await ask('getTokenBalance', 1)).toMatchObject({ result: { balances: [] } })
        for (const { certificate } of chain) await service.node.submit(certificate, call)
        for (const { certificate } of chain) await untilSettled(service, certificate)
        const claims = chain.flatMap(({ certificate }) => certificate.importedBridgeExits)
        const exits = chain.flatMap(({ certificate }) => certificate.bridgeExits)
        const [{ tokenInfo } = { tokenInfo: undefined }] = claims.map(
          ({ bridgeExit }) => bridgeExit,
        )
        if (tokenInfo === undefined) throw new Error('something is claimed')
        const expected =
          claims.reduce((sum, { bridgeExit }) => sum + bridgeExit.amount, 0n) -
          exits.reduce((sum, { amount }) => sum + amount, 0n)
        const row = {
          originNetwork: tokenInfo.originNetwork,
          originTokenAddress: `0x${toHex(tokenInfo.originTokenAddress)}`,
          amount: String(expected),
        }
        expect(await ask('getTokenBalance', 1)).toMatchObject({ result: { balances: [row] } })
        const token = {
          origin_network: tokenInfo.originNetwork,
          origin_token_address: row.originTokenAddress,
        }
        expect(await ask('getTokenBalance', 1, token)).toMatchObject({
          result: { balances: [row] },
        })
        const other = { ...token, origin_network: 77 }
        expect(await ask('getTokenBalance', 1, other)).toMatchObject({
          result: { balances: [{ originNetwork: 77, amount: '0' }] },
        })
      })
    })
  })

  test('a disabled network is listed, and enabled again', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await operating(service, async (ask) => {
        expect(await ask('disableNetwork', 1)).toEqual(done)
        expect(await ask('getDisabledNetworks')).toMatchObject({ result: [1] })
        expect(await service.node.submit(first, call)).toMatchObject({
          error: { code: 'NetworkDisabled' },
        })
        expect(await ask('enableNetwork', 1)).toEqual(done)
        expect(await ask('getDisabledNetworks')).toMatchObject({ result: [] })
      })
    })
  })
})

describe('operators, about settlement jobs', () => {
  /** A manager of jobs on an L1 that makes no block by itself. */
  async function withJob(
    body: (o: {
      readonly ask: Ask
      readonly l1: SimulatedL1
      readonly id: string
    }) => Promise<void>,
  ): Promise<void> {
    const l1 = new SimulatedL1()
    const signer = simulatedSigner(0)
    const jobs = createTransactionManager({
      client: simulatedL1Client(l1),
      signers: [signer],
      store: memoryJobStore(),
      policy: worldPolicy,
      pollIntervalMs: 5,
    })
    const store = await SettlementStore.open(memoryDatabase())
    using ctx = Ctx.root()
    await scope(ctx, async (inner, tasks) => {
      tasks.spawnBackground((own) => jobs.run(own))
      const to = address(new Uint8Array(20).fill(0xc0))
      const submitted = await jobs.submit({ to, calldata: Uint8Array.of(7) }, inner)
      if (!submitted.ok) throw new Error(submitted.error.code)
      const service = { node: { jobs, store, admin: {} } } as unknown as SettlementService
      await operating(service, (ask) => body({ ask, l1, id: formatJobId(submitted.value) }))
    })
  }

  async function until(ask: Ask, id: string, wanted: object): Promise<void> {
    for (;;) {
      const { result } = await ask('getSettlementJob', id)
      const isSo = Object.entries(wanted).every(
        ([name, value]) => (result as Record<string, unknown>)[name] === value,
      )
      if (isSo) return
      await new Promise(setImmediate)
    }
  }

  test('abort, edit, reload › the job completes; each refusal has its code', async () => {
    await withJob(async ({ ask, l1, id }) => {
      while (l1.mempool.length === 0) await new Promise(setImmediate)
      expect(await ask('listSettlementJobs')).toMatchObject({
        result: [{ jobId: id, status: 'pending', hasLiveTask: true, attemptCount: 1 }],
      })
      expect(await ask('reloadSettlementTask', id)).toEqual(done)
      expect(await ask('forceRemoveSettlementJobResult', id)).toMatchObject(
        refused(-10011, /^Settlement admin error: /),
      )
      expect(await ask('abortSettlementTask', id)).toEqual(done)
      await until(ask, id, { hasLiveTask: false })
      expect(await ask('abortSettlementTask', id)).toMatchObject({
        error: { code: -10012, data: { 'settlement-admin': { 'no-live-task': { 'job-id': id } } } },
      })
      const edited = (attemptNumber: number): object => ({
        result: { attemptNumber, liveTask: 'absent' },
      })
      expect(
        await ask('markSettlementAttemptDefinitelyFailed', id, 0, 'the mempool lost it'),
      ).toMatchObject(edited(0))
      expect(await ask('getSettlementJob', id)).toMatchObject({
        result: {
          attempts: [
            {
              result: { type: 'clientError', message: expect.stringMatching(/lost it/) as string },
            },
          ],
        },
      })
      expect(await ask('removeSettlementAttemptResult', id, 0)).toMatchObject(edited(0))
      const foreign = {
        txHash: `0x${'09'.repeat(32)}`,
        senderWallet: `0x${toHex(simulatedSigner(0).address)}`,
        nonce: 0,
      }
      expect(await ask('insertSettlementAttempt', id, foreign)).toMatchObject(edited(1))
      expect(await ask('insertSettlementAttempt', id, { ...foreign, txHash: 7 })).toMatchObject(
        refused(-32602, /tx_hash/),
      )
      expect(await ask('markSettlementAttemptDefinitelyFailed', id, 9, 'no')).toMatchObject({
        error: { code: expect.any(Number) as number },
      })
      expect(await ask('reloadSettlementTask', id)).toEqual(done)
      for (let i = 0; i < 6; i++) l1.mine()
      await until(ask, id, { status: 'completed', hasLiveTask: false })
      expect(await ask('abortSettlementTask', id)).toMatchObject(refused(-10010, /./))
      expect(await ask('reloadSettlementTask', id)).toMatchObject(refused(-10010, /./))
      expect(await ask('removeSettlementAttemptResult', id, 0)).toMatchObject(refused(-10010, /./))
      expect(await ask('removeSettlementAttemptResult', id, 0, 'force=true')).toMatchObject(
        edited(0),
      )
      expect(await ask('forceRemoveSettlementJobResult', id)).toEqual(done)
      await until(ask, id, { status: 'completed', hasLiveTask: false })
    })
  })

  test('a job that is unknown, or has no such name', async () => {
    await withJob(async ({ ask }) => {
      const unknown = formatJobId(new Uint8Array(16).fill(1) as JobId)
      const attempt = {
        txHash: `0x${'09'.repeat(32)}`,
        senderWallet: `0x${'01'.repeat(20)}`,
        nonce: 0,
      }
      const calls: readonly (readonly [string, ...unknown[]])[] = [
        ['getSettlementJob'],
        ['abortSettlementTask'],
        ['reloadSettlementTask'],
        ['forceRemoveSettlementJobResult'],
        ['insertSettlementAttempt', attempt],
        ['markSettlementAttemptDefinitelyFailed', 0, 'no'],
        ['removeSettlementAttemptResult', 0],
      ]
      for (const [method, ...params] of calls) {
        expect([method, await ask(method, unknown, ...params)]).toMatchObject([
          method,
          {
            error: {
              code: -10008,
              data: { 'settlement-admin': { 'job-not-found': { 'job-id': unknown } } },
            },
          },
        ])
        expect(await ask(method, 'no ULID', ...params)).toMatchObject(refused(-32602, /job_id/))
      }
    })
  })
})
