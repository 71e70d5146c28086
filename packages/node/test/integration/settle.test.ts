import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials } from '@grpc/grpc-js'
import { toHex, type Hash32 } from '@zkstack/crypto'
import {
  certificateId,
  certificateToJson,
  encodeCertificate,
  nativeProver,
  protobuf,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { grpcSettlementClient, settlementClient, type SettlementClient } from '@zkstack/rpc'
import { serveProver } from '@zkstack/settlement'
import { certificateChain } from '@zkstack/settlement/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { adminToken, type Program } from '../../testing/index.js'
import { settleWorld, type SettleWorld } from './settle-world.js'
import { startZkstack, zkstack, type Outcome } from './zkstack.js'

const call = { signal: new AbortController().signal }

interface Addresses {
  readonly rpc: string
  readonly grpc: string
  readonly admin: string
  readonly metrics: string
}

let world: SettleWorld

beforeAll(async () => {
  world = await settleWorld()
}, 120_000)
afterAll(() => world[Symbol.asyncDispose]())

async function started(config = world.config): Promise<Program & { readonly at: Addresses }> {
  const program = startZkstack(['settle', 'run', '--config', config])
  const at = JSON.parse(await program.untilOutput(/\n/)) as Addresses
  return Object.assign(program, { at })
}

async function untilStatus(client: SettlementClient, id: Hash32, status: string): Promise<void> {
  for (;;) {
    const header = await client.header(id, call)
    if (!header.ok) throw new Error(header.error.message)
    const found = header.value?.status
    if (found?.type === status) return
    if (found?.type === 'inError') throw new Error(JSON.stringify(found.error))
    await sleep(30)
  }
}

/** A busy machine may take longer for a look than the look may take. */
async function untilReady(rpc: string): Promise<void> {
  await expect.poll(async () => (await fetch(`${rpc}/readyz`)).status).toBe(200)
}

async function ask(
  url: string,
  method: string,
  params: unknown = [],
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return { status: response.status, body: await response.json() }
}

/** Follows certificates over a WebSocket. */
async function subscribed(url: string, filter: object) {
  const socket = new WebSocket(url.replace('http', 'ws'))
  await once(socket, 'open')
  const statuses: string[] = []
  socket.on('message', (data: Buffer) => {
    const { params } = JSON.parse(data.toString()) as {
      readonly params?: { readonly result: { readonly status: string } }
    }
    if (params !== undefined) statuses.push(params.result.status)
  })
  const params = ['certificates', filter]
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'interop_subscribe', params }))
  await once(socket, 'message')
  return {
    async until(status: string): Promise<readonly string[]> {
      while (statuses.at(-1) !== status) await once(socket, 'message')
      return statuses
    },
    [Symbol.dispose]() {
      socket.terminate()
    },
  }
}

/** The answer to a certificate, in hexadecimal. */
async function submittedOverGrpc(address: string, certificate: Certificate): Promise<string> {
  const client = new Client(address, credentials.createInsecure())
  const request = protobuf.message({ certificate: protobuf.bytes(1) })
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        '/agglayer.node.v1.CertificateSubmissionService/SubmitCertificate',
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes.toString('hex'),
        Buffer.from(request.encode({ certificate: encodeCertificate(certificate) })),
        (error, answer) => {
          if (error === null) resolve(answer ?? '')
          else reject(error)
        },
      )
    })
  } finally {
    client.close()
  }
}

/** A certificate of `localhost` and its key, also as files in a folder. */
async function tlsFiles(folder: string): Promise<[Uint8Array, Uint8Array]> {
  const vectors = new URL('../../../settlement/test/vectors/prover/', import.meta.url)
  const read = async (name: string): Promise<Uint8Array> => {
    const bytes = await readFile(new URL(name, vectors))
    await writeFile(join(folder, name), bytes, { mode: 0o600 })
    return bytes
  }
  return [await read('localhost.pem'), await read('localhost-key.pem')]
}

const withToken = { authorization: `Bearer ${adminToken}` }

describe('zkstack settle run', () => {
  test(
    'certificates that came over HTTP settle on L1; the node is killed on the way, and goes on',
    { timeout: 120_000 },
    async () => {
      const chain = certificateChain(1, 4)
      await world.addNetwork(1, chain)
      const ids = chain.map(({ certificate }) => certificateId(certificate))
      {
        await using node = await started()
        const client = settlementClient(node.at.rpc)
        for (const { certificate } of chain)
          expect(await client.submit(certificate, call)).toMatchObject({ ok: true })
        const [first] = ids
        if (first === undefined) throw new Error('no certificate')
        await untilStatus(client, first, 'settled')
        node.kill('SIGKILL')
        expect(await node.exited).toMatchObject({ signal: 'SIGKILL' })
      }
      await using node = await started()
      const client = settlementClient(node.at.rpc)
      for (const id of ids) await untilStatus(client, id, 'settled')
      const info = await client.networkInfo(1, call)
      expect(info).toMatchObject({
        ok: true,
        value: { settledHeight: 3n, networkStatus: 'active' },
      })
      const latest = await client.latestHeaders(1, call)
      expect(latest).toMatchObject({
        ok: true,
        value: { pending: undefined, settled: { height: 3n } },
      })
      expect(await client.epochConfiguration(call)).toEqual({
        ok: true,
        value: { genesisBlock: 0n, epochDuration: 2n },
      })
      const hash = latest.ok ? latest.value.settled?.settlementTxHash : undefined
      const receipt = await world.anvil.request('eth_getTransactionReceipt', [
        `0x${toHex(hash ?? new Uint8Array())}`,
      ])
      expect(receipt).toMatchObject({ status: '0x1' })

      const scraped = await (await fetch(`${node.at.metrics}/metrics`)).text()
      expect(scraped).toContain('agglayer_node_network_height{network_id="1",stage="settled"} 3')
      expect(scraped).toMatch(/agglayer_node_settlement_attempts_total\{kind="submission"\}/)

      node.kill('SIGTERM')
      expect(await node.exited).toEqual({ code: 0, signal: undefined })
      const backups = await zkstack('settle', 'backup', 'list', '--json', '--config', world.config)
      expect((JSON.parse(backups.out) as number[]).length).toBeGreaterThan(0)
    },
  )

  test('operators need the token; what they do takes effect', { timeout: 120_000 }, async () => {
    const chain = certificateChain(2, 1)
    await world.addNetwork(2, chain)
    const [only] = chain
    if (only === undefined) throw new Error('no certificate')
    await using node = await started()
    const { admin, rpc } = node.at
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: adminToken }])
      expect((await ask(admin, 'admin_disableNetwork', [2], headers)).status).toBe(401)
    expect(await ask(rpc, 'admin_disableNetwork', [2], withToken)).toMatchObject({
      body: { error: { code: -32601 } },
    })
    expect(await ask(admin, 'admin_getDisabledNetworks', [], withToken)).toMatchObject({
      body: { result: [] },
    })

    await ask(admin, 'admin_disableNetwork', [2], withToken)
    const client = settlementClient(rpc)
    expect(await client.submit(only.certificate, call)).toMatchObject({
      ok: false,
      error: { code: 'NetworkDisabled' },
    })
    expect(await ask(admin, 'admin_getDisabledNetworks', [], withToken)).toMatchObject({
      body: { result: [2] },
    })
    await ask(admin, 'admin_enableNetwork', [2], withToken)
    const id = certificateId(only.certificate)
    expect(await client.submit(only.certificate, call)).toEqual({ ok: true, value: id })
    await untilStatus(client, id, 'settled')

    const jobs = await ask(admin, 'admin_listSettlementJobs', [], withToken)
    const rows = (jobs.body as { result: { jobId: string; certificateId: string }[] }).result
    const job = rows.find((row) => row.certificateId === `0x${toHex(id)}`)
    expect(job).toMatchObject({ status: 'completed', attemptCount: 1, hasLiveTask: false })
    const params = [job?.jobId]
    expect(await ask(admin, 'admin_getSettlementJob', params, withToken)).toMatchObject({
      body: { result: { jobResult: { outcome: 'success' }, attempts: [{ attemptNumber: 0 }] } },
    })
    expect(await ask(admin, 'admin_abortSettlementTask', params, withToken)).toMatchObject({
      body: { error: { code: -10010 } },
    })
    const unknown = ['00000000000000000000000009']
    expect(await ask(admin, 'admin_getSettlementJob', unknown, withToken)).toMatchObject({
      body: { error: { code: -10008 } },
    })
  })

  test(
    'certificate submit, certificate show, status › as an operator uses them; gRPC and WebSocket beside',
    { timeout: 120_000 },
    async () => {
      const chain = certificateChain(3, 2)
      await world.addNetwork(3, chain)
      const [only, second] = chain
      if (only === undefined || second === undefined) throw new Error('no certificates')
      await using node = await started()
      const url = ['--url', node.at.rpc]
      const file = join(world.folder, 'certificate.json')
      await writeFile(file, certificateToJson(only.certificate))
      const submitted = await zkstack('settle', 'certificate', 'submit', file, '--wait', ...url)
      expect(submitted).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(submitted.out)).toMatchObject({ status: 'Settled', height: 0 })
      const id = `0x${toHex(certificateId(only.certificate))}`
      const shown = await zkstack('settle', 'certificate', 'show', id, ...url)
      expect(JSON.parse(shown.out)).toEqual(JSON.parse(submitted.out))
      const missing = await zkstack('settle', 'certificate', 'show', `0x${'00'.repeat(32)}`, ...url)
      expect(missing.code).toBe(1)
      const status = await zkstack('settle', 'status', '3', '--json', ...url)
      expect(status.code).toBe(0)
      expect(JSON.parse(status.out)).toMatchObject({
        readiness: {
          ready: true,
          checks: [{ name: 'l1' }, { name: 'database' }, { name: 'prover' }],
        },
        networks: [{ network_id: 3, settled_height: 0 }],
      })
      using told = await subscribed(node.at.rpc, { network_id: 3 })
      expect(await submittedOverGrpc(node.at.grpc, second.certificate)).toContain(
        toHex(certificateId(second.certificate)),
      )
      expect(await told.until('Settled')).toEqual(['Pending', 'Proven', 'Candidate', 'Settled'])
      expect((await zkstack('settle', 'status', '--url', 'http://127.0.0.1:1')).code).toBe(4)
    },
  )

  test(
    'an empty database is filled from a backup, the prover is elsewhere, all over TLS › the node goes on, and nobody comes beside',
    { timeout: 120_000 },
    async () => {
      const chain = certificateChain(5, 1)
      await world.addNetwork(5, chain)
      const [only] = chain
      if (only === undefined) throw new Error('no certificate')
      const [localhost, privateKey] = await tlsFiles(world.folder)
      const prover = await serveProver({
        ...{ prover: nativeProver(), development: true, listen: '127.0.0.1:0' },
        tls: { certificateChain: localhost, privateKey },
      })
      const remote = `[grpc]
        tls = { certificate = "localhost.pem", key = "localhost-key.pem" }
        [prover.remote]
        endpoints = ["https://localhost:${prover.port}"]
        tls = { ca = "localhost.pem" }`
      const config = join(world.folder, 'restored.toml')
      const text = await readFile(world.config, 'utf8')
      await writeFile(
        config,
        text
          .replace('db-path = "storage"', 'db-path = "restored"')
          .replace('[prover.native]', remote)
          .replace('[l1]', `[l1]\n    ws-node-url = "${world.anvil.wsUrl}"`),
      )
      const backup = (...args: string[]): Promise<Outcome> =>
        zkstack('settle', 'backup', ...args, '--config', config)
      const newest = (await backup('list')).out.trim().split('\n').at(-1) ?? ''
      expect((await backup('restore', '999999')).code).not.toBe(0)
      expect(await backup('restore', newest)).toMatchObject({
        code: 0,
        err: expect.stringContaining(`restored backup ${newest}`) as string,
      })
      expect((await backup('restore', newest)).code).not.toBe(0)

      await using node = await started(config)
      const client = settlementClient(node.at.rpc)
      expect(await client.networkInfo(1, call)).toMatchObject({ value: { settledHeight: 3n } })
      await untilReady(node.at.rpc)
      const id = certificateId(only.certificate)
      expect(await client.submit(only.certificate, call)).toEqual({ ok: true, value: id })
      await untilStatus(client, id, 'settled')
      expect(node.errors()).toContain('FOR DEVELOPMENT')
      const overTls = `localhost:${node.at.grpc.split(':').at(-1) ?? ''}`
      using known = grpcSettlementClient(overTls, { tls: { rootCertificates: localhost } })
      expect(await known.header(id, call)).toMatchObject({ value: { status: { type: 'settled' } } })
      using plain = grpcSettlementClient(overTls)
      expect(await plain.header(id, call)).toMatchObject({ error: { code: 'Unreachable' } })
      const scraped = await (await fetch(`${node.at.metrics}/metrics`)).text()
      expect(scraped).toMatch(/^agglayer_clock_connection_status 1$/m)
      expect(scraped).toMatch(/^agglayer_clock_health_status 1$/m)
      const beside = await zkstack('settle', 'run', '--config', config)
      expect(beside.code).not.toBe(0)
      expect(beside.err).toContain('another process, or this one, has it open')
      await prover.close()
      let ready: { readonly ready: boolean }
      do ready = (await (await fetch(`${node.at.rpc}/readyz`)).json()) as typeof ready
      while (ready.ready)
      expect(ready).toMatchObject({
        checks: [{ ok: true }, { ok: true }, { name: 'prover', ok: false }],
      })
    },
  )

  test('vkey › the verifying keys, by selector', async () => {
    const { code, out } = await zkstack('settle', 'vkey', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toContainEqual({
      selector: '0x0000000e',
      vkey: '0x00d14f977a6ec393014f300ad78d0761dc29435d3fa1e2626fa466bd3343578e',
    })
    const { out: plain } = await zkstack('settle', 'vkey')
    expect(plain).toMatch(/^0x0000000e 0x00d14f[0-9a-f]{58}$/m)
  })

  test('L1 is gone › alive, and not ready', { timeout: 120_000 }, async () => {
    await using own = await settleWorld()
    await using node = startZkstack(['settle', 'run', '--config', own.config])
    const { rpc } = JSON.parse(await node.untilOutput(/\n/)) as Addresses
    await untilReady(rpc)
    await own.anvil.kill()
    for (;;) {
      const ready = await fetch(`${rpc}/readyz`)
      const body: unknown = await ready.json()
      if (ready.status === 200) {
        await sleep(100)
        continue
      }
      expect(body).toMatchObject({
        ready: false,
        checks: [
          { name: 'l1', ok: false },
          { name: 'database', ok: true },
          { name: 'prover', ok: true },
        ],
      })
      break
    }
    expect(await (await fetch(`${rpc}/health`)).json()).toMatchObject({ health: true })
    node.kill('SIGTERM')
    expect(await node.exited).toEqual({ code: 0, signal: undefined })
  })
})
