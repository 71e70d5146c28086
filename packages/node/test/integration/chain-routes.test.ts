import { once } from 'node:events'
import { connect } from 'node:net'
import { ManualClock, realClock, type Clock } from '@zkstack/concurrency'
import { createTestNetwork, type TestNetwork } from '@zkstack/executor/testing'
import {
  createFinalBlock,
  decodeBlock,
  decodeCommitQC,
  decodeEpochRecords,
  EpochChain,
  parseGenesis,
  verifyChain,
  type EpochRecord,
} from '@zkstack/roles'
import { testCommittee, unwrap } from '@zkstack/roles/testing'
import type { NodeStore } from '@zkstack/executor'
import { afterEach, describe, expect, test } from 'vitest'
import { serveStatus, type ServedChain, type StatusServer } from '../../src/index.js'

const open: AsyncDisposable[] = []

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]()
})

/** A committee of six, and a server of its first node. */
async function served(
  o: Partial<ServedChain> = {},
  clock: Clock = realClock,
): Promise<{ network: TestNetwork; server: StatusServer }> {
  const network = await createTestNetwork(6)
  open.push(network)
  const chain = { genesis: network.genesis, ...o }
  const { node } = network.at(0)
  const server = await serveStatus({ node, chain, clock, listen: '127.0.0.1:0' })
  open.push(server)
  return { network, server }
}

async function bytesOf(url: string): Promise<Uint8Array> {
  const response = await fetch(url)
  expect(response.headers.get('content-type')).toBe('application/x-protobuf')
  return new Uint8Array(await response.arrayBuffer())
}

/** The first events of a stream, as ids and data. */
async function eventsOf(url: string, count: number): Promise<{ id: string; data: string }[]> {
  const end = new AbortController()
  const response = await fetch(url, { signal: end.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const pattern = /id: (\d+)\ndata: (\S+)\n\n/g
  let text = ''
  for (;;) {
    const events = [...text.matchAll(pattern)].map(([, id = '', data = '']) => ({ id, data }))
    if (events.length >= count) {
      end.abort()
      return events.slice(0, count)
    }
    text += (await reader?.read())?.value ?? ''
  }
}

describe('what light clients are served', () => {
  test('genesis, block and certificate › verify from nothing but the genesis', async () => {
    const { network, server } = await served()
    await network.waitForHeight(3n)
    const text = await (await fetch(`${server.url}/genesis.json`)).text()
    const genesis = unwrap(parseGenesis(text))
    expect(genesis.hash).toEqual(network.genesis.hash)
    const block = decodeBlock(await bytesOf(`${server.url}/blocks/2`))
    if (block.kind !== 'final') throw new Error('block 2 is final')
    expect(block.number).toBe(2n)
    expect(verifyChain({ genesis, block }).ok).toBe(true)
    const chain = unwrap(EpochChain.begin(genesis))
    const certificate = decodeCommitQC(await bytesOf(`${server.url}/blocks/2/certificate`))
    expect(chain.verifyCertificate(certificate).ok).toBe(true)
    expect(createFinalBlock(block.payload, certificate).number).toBe(2n)
    const latest = decodeBlock(await bytesOf(`${server.url}/blocks/latest`))
    expect(latest.number).toBeGreaterThanOrEqual(3n)
  })

  test('a committee that changes while the chain runs › is followed from the first epoch to a block of the last', async () => {
    const weights = (...members: number[]) => new Map(members.map((index) => [index, 1n]))
    const epochs = [
      { firstBlock: 0n, weights: weights(0, 1, 2, 3, 4, 5) },
      { firstBlock: 8n, weights: weights(0, 1, 2, 6, 7, 8) },
      { firstBlock: 16n, weights: weights(3, 4, 5, 6, 7, 8) },
    ]
    const stores: NodeStore[] = []
    const network = await createTestNetwork(9, {
      epochs,
      wrapStore: (store, index) => (stores[index] = store),
    })
    open.push(network)
    const { genesis } = network
    const [store] = stores
    if (store === undefined) throw new Error('a node has a store')
    const chain = { genesis, epochs: store.epochs }
    const { node } = network.at(0)
    const server = await serveStatus({ node, chain, listen: '127.0.0.1:0' })
    open.push(server)
    await network.waitForHeight(20n)
    const block = decodeBlock(await bytesOf(`${server.url}/blocks/20`))
    if (block.kind !== 'final') throw new Error('block 20 is final')
    const records = async (): Promise<readonly EpochRecord[]> =>
      decodeEpochRecords(await bytesOf(`${server.url}/epochs`), genesis.scheme)
    while ((await records()).slice(1, 3).some(({ certificate }) => certificate === undefined))
      await new Promise((resolve) => setTimeout(resolve, 25))
    const [first, ...rest] = await records()
    const verdict = verifyChain({ genesis, first, epochs: rest, block })
    expect(verdict.ok && verdict.value.epoch).toBe(2n)
    expect(verifyChain({ genesis, first, epochs: rest.slice(0, 1), block })).toMatchObject({
      error: { code: 'UNKNOWN_EPOCH', epoch: 2n, known: 1n },
    })
  })

  test('a stream › has every certificate in order, from history into what comes, and goes on where a reader stopped', async () => {
    const { network, server } = await served()
    await network.waitForHeight(2n)
    const events = await eventsOf(`${server.url}/blocks/stream?from=0`, 8)
    expect(events.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    const chain = unwrap(EpochChain.begin(network.genesis))
    for (const { id, data } of events) {
      const certificate = decodeCommitQC(Buffer.from(data, 'base64'))
      expect(certificate.message.proposal.number).toBe(BigInt(id))
      expect(chain.verifyCertificate(certificate).ok).toBe(true)
    }
    const headers = { 'last-event-id': '4' }
    const response = await fetch(`${server.url}/blocks/stream?from=0`, { headers })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('id: ')) text += (await reader?.read())?.value ?? ''
    await reader?.cancel()
    expect(text).toMatch(/^retry: 1000\n\nid: 5\n/)
  })

  test('epochs › come in pages of a hundred, and an empty list behind the last', async () => {
    const { schedule, scheme } = testCommittee(2)
    const record = (epoch: bigint): EpochRecord => ({
      epoch,
      firstBlock: 10n * epoch,
      schedule,
      proofsOfPossession: [],
      certificate: undefined,
    })
    const epochs = { get: async (epoch: bigint) => (epoch < 130n ? record(epoch) : undefined) }
    const { server } = await served({ epochs })
    const page = async (from: string): Promise<bigint[]> =>
      decodeEpochRecords(await bytesOf(`${server.url}/epochs${from}`), scheme).map((r) => r.epoch)
    expect(await page('')).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i)))
    expect(await page('?from=100')).toEqual(Array.from({ length: 30 }, (_, i) => BigInt(100 + i)))
    expect(await page('?from=130')).toEqual([])
  })

  test.each([
    ['/blocks/9999999', 404],
    ['/blocks/01', 400],
    ['/blocks/-1', 400],
    ['/blocks/99999999999999999999', 400],
    ['/blocks/1/payload', 404],
    ['/blocks/stream?from=x', 400],
    ['/epochs?from=x', 400],
    ['//', 404],
  ])('%s › is refused with %i, and the server goes on', async (path, status) => {
    const { network, server } = await served()
    await network.waitForHeight(1n)
    expect((await fetch(server.url + path)).status).toBe(status)
    expect((await fetch(`${server.url}/blocks/0`)).status).toBe(200)
    const head = await fetch(`${server.url}/blocks/0`, { method: 'HEAD' })
    expect([head.status, Number(head.headers.get('content-length')) > 0]).toEqual([200, true])
    expect((await fetch(`${server.url}/blocks/0`, { method: 'POST' })).status).toBe(405)
  })

  test('pages of other origins › read it only when they are allowed to', async () => {
    const origin = 'https://example.org'
    const allowed = async (allowOrigins?: readonly string[]): Promise<string | null> => {
      const { server } = await served(allowOrigins && { allowOrigins })
      const response = await fetch(`${server.url}/genesis.json`, { headers: { origin } })
      const status = await fetch(`${server.url}/status.json`, { headers: { origin } })
      expect(status.headers.get('access-control-allow-origin')).toBeNull()
      return response.headers.get('access-control-allow-origin')
    }
    expect(await allowed()).toBeNull()
    expect(await allowed(['https://other.org'])).toBeNull()
    expect(await allowed([origin])).toBe(origin)
    expect(await allowed(['*'])).toBe('*')
  })

  test('an address that asks too often › is told to wait, and the status is there all the same', async () => {
    // no time passes in which it could earn more questions, however slowly this machine asks
    const { network, server } = await served({}, new ManualClock())
    await network.waitForHeight(0n)
    const statuses: number[] = []
    while (!statuses.includes(429)) {
      const asked = Array.from({ length: 30 }, async () => {
        const response = await fetch(`${server.url}/genesis.json`)
        await response.arrayBuffer()
        if (response.status === 429) expect(response.headers.get('retry-after')).toBe('1')
        statuses.push(response.status)
      })
      await Promise.all(asked)
    }
    const answered = statuses.filter((status) => status === 200).length
    // 200 at once, less what the bytes of the answers cost
    expect(answered).toBeGreaterThan(190)
    expect(answered).toBeLessThanOrEqual(200)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })

  test('more streams than there is room for › are refused; closing ends all of them', async () => {
    const { server } = await served()
    const url = `${server.url}/blocks/stream`
    const responses = await Promise.all(Array.from({ length: 17 }, () => fetch(url)))
    expect(responses.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(16).fill(200),
      503,
    ])
    await server.close()
    for (const response of responses) await response.text().catch(() => undefined)
  })

  test('streams that are asked for behind another answer of the connection › are refused, and keep no room when it ends', async () => {
    const { server } = await served()
    const { port, hostname } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    const request = 'GET /blocks/stream HTTP/1.1\r\nhost: localhost\r\n\r\n'
    socket.write(request.repeat(16))
    await once(socket, 'data')
    socket.destroy()
    const url = `${server.url}/blocks/stream`
    for (;;) {
      const end = new AbortController()
      const ask = (): Promise<Response> => fetch(url, { signal: end.signal })
      const responses = await Promise.all([ask(), ask()])
      end.abort()
      if (responses.every(({ status }) => status === 200)) break
    }
  })

  test('a block that is asked for behind another answer of the connection › is not read', async () => {
    const { network, server } = await served()
    await network.waitForHeight(0n)
    const { port, hostname } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`
    socket.write(ask('/genesis.json') + ask('/blocks/0'))
    let text = ''
    for await (const chunk of socket.setEncoding('latin1')) {
      text += String(chunk)
      if (/^HTTP[^]*^HTTP[^]*^0\r\n/m.test(text)) break
    }
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 /)
  })

  test('a server that is given no chain › has none of it', async () => {
    const network = await createTestNetwork(1)
    open.push(network)
    const server = await serveStatus({ node: network.at(0).node, listen: '127.0.0.1:0' })
    open.push(server)
    for (const path of ['/genesis.json', '/epochs', '/blocks/0', '/blocks/stream'])
      expect((await fetch(server.url + path)).status).toBe(404)
  })
})
