import { connect } from 'node:net'
import { ManualClock } from '@zkstack/concurrency'
import { loadCryptoBackends, ok, toHex } from '@zkstack/crypto'
import { certificateId, certificateToJson } from '@zkstack/pessimistic-proof'
import { NetworkRateLimits } from '@zkstack/settlement'
import { certificateChain } from '@zkstack/settlement/testing'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  adminMethods,
  interopMethods,
  JsonRpcClient,
  readinessOf,
  serveRpc,
  settlementClient,
  type RpcServer,
  type RpcServerOptions,
} from '../../src/index.js'
import { runSimulatedNode, type SimulatedNodeOptions } from '../../testing/index.js'

const call = { signal: new AbortController().signal }
const chain = certificateChain(1, 3)
const [first, second] = chain
if (first === undefined || second === undefined) throw new Error('no certificates')
const firstId = `0x${toHex(certificateId(first.certificate))}`

beforeAll(() => loadCryptoBackends())

async function served(
  body: (server: RpcServer) => Promise<void>,
  o: Partial<RpcServerOptions & SimulatedNodeOptions> = {},
): Promise<void> {
  await runSimulatedNode({ submissions: chain, ...o }, async (service) => {
    await using server = await serveRpc({ methods: interopMethods(service), port: 0, ...o })
    await body(server)
  })
}

async function ask(url: string, method: string, params: string): Promise<unknown> {
  const response = await fetch(`${url}/json-rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"jsonrpc":"2.0","id":1,"method":"interop_${method}","params":${params}}`,
  })
  expect(response.status).toBe(200)
  const { result, error } = (await response.json()) as { result?: unknown; error?: unknown }
  return error ?? result
}

describe('interop methods over HTTP', () => {
  test('a certificate is sent and settles; everything about it is told as upstream tells it', async () => {
    await served(
      async ({ url }) => {
        const json = certificateToJson(first.certificate)
        expect(await ask(url, 'sendCertificate', `[${json}]`)).toBe(firstId)
        expect(await ask(url, 'sendCertificate', `{"certificate":${json}}`)).toBe(firstId)
        let header: unknown
        do header = await ask(url, 'getCertificateHeader', `["${firstId}"]`)
        while ((header as { status: string }).status !== 'Settled')
        expect(header).toMatchObject({
          network_id: 1,
          height: 0,
          certificate_id: firstId,
          epoch_number: 0,
          certificate_index: 0,
          settlement_tx_hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as string,
        })
        expect(await ask(url, 'getLatestKnownCertificateHeader', '[1]')).toEqual(header)
        expect(await ask(url, 'getLatestSettledCertificateHeader', '[1]')).toEqual(header)
        expect(await ask(url, 'getLatestPendingCertificateHeader', '[1]')).toBeNull()
        expect(await ask(url, 'getNetworkInfo', '[1]')).toMatchObject({
          network_status: 'Active',
          network_type: 'Ecdsa',
          settled_height: 0,
        })
        expect(await ask(url, 'getEpochConfiguration', '[]')).toEqual({
          genesis_block: 7,
          epoch_duration: 6,
        })
      },
      { epochConfiguration: { genesisBlock: 7n, epochDuration: 6n } },
    )
  })

  test('errors have the codes and bodies of upstream', async () => {
    await served(async ({ url }) => {
      const id = `0x${'51'.repeat(32)}`
      expect(await ask(url, 'getCertificateHeader', `["${id}"]`)).toEqual({
        code: -10008,
        message: `Resource not found: Certificate(${id})`,
        data: { 'resource-not-found': `Certificate(${id})` },
      })
      expect(await ask(url, 'getEpochConfiguration', '[]')).toMatchObject({ code: -32603 })
      expect(await ask(url, 'getNetworkInfo', '[99]')).toMatchObject({ code: -32603 })
      expect(await ask(url, 'sendTx', '[{}]')).toMatchObject({
        code: -10009,
        data: { 'method-disabled': 'sendTx' },
      })
      expect(await ask(url, 'getTxStatus', `["${id}"]`)).toEqual({
        code: -10005,
        message: 'Status retrieval error: Transaction not found',
        data: { status: { 'tx-not-found': { hash: id } } },
      })
      const tampered = certificateToJson({ ...first.certificate, height: 2n })
      expect(await ask(url, 'sendCertificate', `[${tampered}]`)).toMatchObject({
        code: -10006,
        message: expect.stringMatching(/^Failed to send certificate: /) as string,
        data: { 'send-certificate': { code: 'SignatureMismatch', kind: 'rebuild' } },
      })
      expect(await ask(url, 'sendCertificate', '[{"network_id":1}]')).toMatchObject({
        code: -32602,
        message: expect.stringContaining('certificate') as string,
      })
      expect(await ask(url, 'getNetworkInfo', '[4294967296]')).toMatchObject({ code: -32602 })
    })
  })

  test('a network that submits too much is told when to come back', async () => {
    const rateLimits = new NetworkRateLimits({
      default: { maxPerInterval: 1, intervalMs: 1_800_000 },
    })
    await served(
      async ({ url }) => {
        const [one, two] = [first, second].map(({ certificate }) => certificateToJson(certificate))
        expect(await ask(url, 'sendCertificate', `[${one}]`)).toBe(firstId)
        expect(await ask(url, 'sendCertificate', `[${two}]`)).toMatchObject({
          code: -10007,
          message: 'Rate limited',
          data: {
            'rate-limited': {
              error: {
                'send-certificate-rate-limited': { 'max-per-interval': 1, 'time-interval': 1800 },
              },
            },
          },
        })
        const again = await settlementClient(url).submit(second.certificate, call)
        expect(again).toMatchObject({ ok: false, error: { kind: 'retry', code: 'RateLimited' } })
      },
      { engine: { rateLimits } },
    )
  })

  test('the client gives the same values as a node of this process', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await using server = await serveRpc({ methods: interopMethods(service), port: 0 })
      const client = settlementClient(server.url)
      const own = service.node.endpoint
      const id = certificateId(first.certificate)
      expect(await client.header(id, call)).toEqual({ ok: true, value: undefined })
      expect(await client.latestHeaders(1, call)).toEqual(await own.latestHeaders(1, call))
      expect(await client.submit(first.certificate, call)).toEqual({ ok: true, value: id })
      while ((await service.node.header(id))?.status.type !== 'settled')
        await client.header(id, call)
      expect(await client.header(id, call)).toEqual(await own.header(id, call))
      expect(await client.latestHeaders(1, call)).toEqual(await own.latestHeaders(1, call))
      expect(await client.epochConfiguration(call)).toEqual({ ok: true, value: undefined })
      expect(await client.networkInfo(1, call)).toEqual({
        ok: true,
        value: await service.node.networkInfo(1),
      })
      const tampered = { ...second.certificate, newLocalExitRoot: id }
      const refused = await own.submit(tampered, call)
      expect(refused.ok).toBe(false)
      const error = refused.ok ? {} : refused.error
      expect(await client.submit(tampered, call)).toMatchObject({
        error: { kind: 'kind' in error && error.kind, code: 'code' in error && error.code },
      })
    })
  })
})

describe('an RPC server', () => {
  const post = (url: string, body: string, headers: object = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })

  test('what is no JSON-RPC over POST is refused before anything is done', async () => {
    await served(
      async ({ url }) => {
        expect((await post(url, 'x'.repeat(2000))).status).toBe(413)
        expect(await settlementClient(url).submit(first.certificate, call)).toMatchObject({
          error: { kind: 'fatal', code: 'TooLarge' },
        })
        expect((await post(url, '{}', { 'content-type': 'text/plain' })).status).toBe(415)
        expect((await fetch(url)).status).toBe(405)
        expect((await post(`${url}/elsewhere`, '{}')).status).toBe(404)
        expect(await (await post(url, '{')).json()).toMatchObject({ error: { code: -32700 } })
        const stream = new ReadableStream({
          pull(controller) {
            controller.enqueue(new Uint8Array(600))
          },
        })
        const endless = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: stream,
          duplex: 'half',
        } as RequestInit).catch(() => undefined)
        expect(endless?.status ?? 413).toBe(413)
      },
      { maxRequestBytes: 1000 },
    )
  })

  test('who does not take an answer in time loses the connection, which others get', async () => {
    const clock = new ManualClock()
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve
    })
    const long = async () => {
      asked()
      return ok('x'.repeat(32 * 2 ** 20))
    }
    const methods = new Map([['long', long]])
    const o = { methods, clock, maxResponseBytes: 64 * 2 ** 20, maxConnections: 1 }
    await using server = await serveRpc({ ...o, port: 0 })
    const port = Number(new URL(server.url).port)
    const socket = connect({ port })
    const body = '{"jsonrpc":"2.0","id":1,"method":"long"}'
    const head = `content-type: application/json\r\ncontent-length: ${body.length}`
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n${body}`)
    await isAsked
    const isFree = (): Promise<boolean> =>
      new Promise((resolve) => {
        const other = connect({ port })
        other.on('error', () => undefined)
        other.once('data', () => {
          resolve(true)
          other.destroy()
        })
        other.once('close', () => {
          resolve(false)
        })
        other.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
      })
    let turns = 0
    for (; !(await isFree()) && turns < 200; turns++) clock.advance(1_000)
    expect(turns).toBeLessThan(200)
    expect(turns).toBeGreaterThan(0)
    socket.destroy()
  })

  test('who sends many requests before it has an answer is cut off', async () => {
    let calls = 0
    const wait = () => {
      calls += 1
      return new Promise<never>(() => undefined)
    }
    await using server = await serveRpc({ methods: new Map([['wait', wait]]), port: 0 })
    const socket = connect({ port: Number(new URL(server.url).port) })
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.resume()
    const body = '{"jsonrpc":"2.0","id":1,"method":"wait"}'
    const head = `content-type: application/json\r\ncontent-length: ${body.length}`
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n${body}`.repeat(1_000))
    await ended
    expect(calls).toBeLessThan(20)
  })

  test('a request leaves nothing at what lives as long as the server', async () => {
    // The platform never forgets a signal that was made of one that lives on.
    const any = vi.spyOn(AbortSignal, 'any')
    await served(async ({ url }) => {
      await settlementClient(url).latestHeaders(1, call)
      expect(any).not.toHaveBeenCalled()
    })
    any.mockRestore()
  })

  test('pages of any origin may call without a token, none with one', async () => {
    await served(async ({ url }) => {
      const response = await fetch(url, { method: 'OPTIONS' })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    })
    await served(
      async ({ url }) => {
        const response = await fetch(url, { method: 'OPTIONS' })
        expect(response.headers.get('access-control-allow-origin')).toBeNull()
      },
      { token: 'secret' },
    )
  })

  test('who has no token learns nothing, and changes nothing', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      await using server = await serveRpc({
        methods: adminMethods(service),
        token: 'secret',
        port: 0,
      })
      const stranger = new JsonRpcClient({ url: server.url })
      const liar = new JsonRpcClient({ url: server.url, token: 'Secret' })
      for (const client of [stranger, liar])
        expect(await client.call('admin_disableNetwork', [], call)).toMatchObject({
          error: { code: 'UNREACHABLE', message: expect.stringContaining('401') as string },
        })
      const operator = new JsonRpcClient({ url: server.url, token: 'secret' })
      expect(await operator.call('admin_getDisabledNetworks', [], call)).toEqual({
        ok: true,
        value: [],
      })
      expect(await operator.call('admin_listSettlementJobs', [], call)).toEqual({
        ok: true,
        value: [],
      })
      expect(await operator.call('admin_getCertificate', [firstId], call)).toMatchObject({
        error: { error: { code: -10008 } },
      })
      await service.node.submit(first.certificate, call)
      expect(await operator.call('admin_getCertificate', [firstId], call)).toMatchObject({
        ok: true,
      })
    })
  })

  test('readiness fails while one of its checks does, and says which', async () => {
    let broken: string | undefined
    const readiness = readinessOf(
      [
        { name: 'l1', problem: async () => broken },
        {
          name: 'prover',
          problem: () =>
            broken === undefined ? Promise.resolve(undefined) : Promise.reject(new Error('gone')),
        },
      ],
      { keepMs: 0 },
    )
    await served(
      async ({ url }) => {
        expect((await fetch(`${url}/readyz`)).status).toBe(200)
        broken = 'no block for a minute'
        const response = await fetch(`${url}/readyz`)
        expect(response.status).toBe(503)
        expect(await response.json()).toEqual({
          ready: false,
          checks: [
            { name: 'l1', ok: false, problem: 'no block for a minute' },
            { name: 'prover', ok: false, problem: 'gone' },
          ],
        })
        expect((await fetch(`${url}/health`)).status).toBe(200)
      },
      { readiness },
    )
  })
})
