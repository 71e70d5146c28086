import { once } from 'node:events'
import { connect } from 'node:net'
import { Channel, Ctx, ManualClock, scope } from '@zkstack/concurrency'
import { loadCryptoBackends, ok, toHex } from '@zkstack/crypto'
import { createTransactionManager, formatJobId, memoryJobStore } from '@zkstack/l1'
import { SimulatedL1, simulatedL1Client, simulatedSigner, worldPolicy } from '@zkstack/l1/testing'
import {
  address,
  certificateId,
  certificateToJson,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { memoryDatabase, SettlementStore, type SettlementEvent } from '@zkstack/settlement'
import { certificateChain } from '@zkstack/settlement/testing'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import {
  adminMethods,
  closeCodes,
  interopMethods,
  serveRpc,
  settlementNotifications,
  type RpcServer,
  type RpcServerOptions,
  type RpcTopics,
  type SettlementService,
  type Subscriber,
} from '../../src/index.js'
import { runSimulatedNode } from '../../testing/index.js'
import { SocketClient } from '../helpers/socket-client.js'

beforeAll(() => loadCryptoBackends())

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const chain = certificateChain(1, 2)
const [first, second] = chain.map(({ certificate }) => certificate)
if (first === undefined || second === undefined) throw new Error('no certificates')
const idOf = (certificate: Certificate): string => `0x${toHex(certificateId(certificate))}`

async function clientOf(...parts: Parameters<typeof SocketClient.connect>): Promise<SocketClient> {
  const client = await SocketClient.connect(...parts)
  open.push(() => {
    client.socket.terminate()
  })
  return client
}

/** The status with which a server refuses a WebSocket. */
async function refusal(url: string, o: ClientOptions = {}): Promise<number | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'), o)
  const response = once(socket, 'unexpected-response')
  socket.on('error', () => undefined)
  const [, answer] = (await response) as [unknown, { readonly statusCode?: number }]
  socket.terminate()
  return answer.statusCode
}

async function serve(
  service: SettlementService,
  body: (server: RpcServer) => Promise<void>,
): Promise<void> {
  using ctx = Ctx.root()
  await scope(ctx, async (_, tasks) => {
    const notifications = settlementNotifications(service)
    tasks.spawnBackground((own) => notifications.run(own))
    const methods = interopMethods(service)
    await using server = await serveRpc({ methods, topics: notifications.chains, port: 0 })
    await body(server)
  })
}

/** Events of a node, as the test tells them. */
function listening(): {
  readonly events: SettlementService['node']['events']
  readonly tell: (event: SettlementEvent) => void
} {
  const channel = new Channel<SettlementEvent>(Infinity)
  return {
    tell: (event) => channel.trySend(event),
    events({ signal } = {}) {
      signal?.addEventListener('abort', () => {
        channel.close()
      })
      return channel
    },
  }
}

/** A topic that the test tells about. */
function testTopics(): { readonly topics: RpcTopics; readonly subscribers: Set<Subscriber> } {
  const subscribers = new Set<Subscriber>()
  const topics: RpcTopics = {
    namespace: 'test',
    subscribe(_, subscriber) {
      subscribers.add(subscriber)
      return ok(() => subscribers.delete(subscriber))
    },
  }
  return { topics, subscribers }
}

async function serveTopics(
  topics: RpcTopics,
  o: Partial<RpcServerOptions> = {},
): Promise<RpcServer> {
  const server = await serveRpc({ methods: new Map(), topics, port: 0, ...o })
  open.push(() => server.close())
  return server
}

describe('subscriptions of chains', () => {
  test('the status of certificates, of all or of some, in order; the id comes before', async () => {
    await runSimulatedNode({ submissions: chain }, (service) =>
      serve(service, async (server) => {
        const client = await clientOf(server, {}, '/json-rpc')
        const all = await client.subscribe('interop_subscribe', 'certificates')
        const own = await client.subscribe('interop_subscribe', 'certificates', {
          certificate_id: idOf(second),
        })
        const others = await client.subscribe('interop_subscribe', 'certificates', {
          network_id: 2,
        })
        for (const certificate of [second, first]) {
          const json: unknown = JSON.parse(certificateToJson(certificate))
          expect(await client.call('interop_sendCertificate', json)).toMatchObject({
            result: idOf(certificate),
          })
        }
        const life = ['Pending', 'Proven', 'Candidate', 'Settled']
        expect(await client.news(own, 4)).toEqual(
          life.map((status) => ({
            ...{ network_id: 1, height: 1, certificate_id: idOf(second) },
            status,
          })),
        )
        const statuses = (await client.news(all, 8)).filter(({ height }) => height === 0)
        expect(statuses.map(({ status }) => status)).toEqual(life)
        expect(await client.news(others, 0)).toEqual([])
        expect(await client.call('interop_unsubscribe', all)).toMatchObject({ result: true })
        expect(await client.call('interop_unsubscribe', all)).toMatchObject({ result: false })
        expect(client.told.every(({ method }) => method === 'interop_subscription')).toBe(true)
      }),
    )
  })

  test('epochs; what is no topic or filter is -32602; calls are answered as over HTTP', async () => {
    const { events, tell } = listening()
    const service = { node: { jobs: { async *jobs() {} }, events } } as unknown as SettlementService
    using ctx = Ctx.root()
    const notifications = settlementNotifications(service)
    const running = notifications.run(ctx)
    const server = await serveTopics(notifications.chains, { methods: interopMethods(service) })
    const client = await clientOf(server)
    for (const params of [[], ['weather'], ['epochs', { network_id: 'x' }, 1], [7]])
      expect(await client.call('interop_subscribe', ...params)).toMatchObject({ code: -32602 })
    expect(
      await client.call('interop_subscribe', 'certificates', { network_id: -1 }),
    ).toMatchObject({ code: -32602 })
    expect(await client.call('interop_sendTx', {})).toMatchObject({ code: -10009 })
    expect(await client.call('admin_subscribe', 'settlementJobs')).toMatchObject({ code: -32601 })
    const id = await client.subscribe('interop_subscribe', 'epochs')
    tell({ type: 'epochStarted', epoch: 7n })
    expect(await client.news(id, 1)).toEqual([{ epoch_number: 7 }])
    ctx.cancel()
    await expect(running).rejects.toThrow()
  })
})

describe('subscriptions of operators', () => {
  test('results of settlement jobs, to who has the token', async () => {
    const l1 = new SimulatedL1()
    const jobs = createTransactionManager({
      ...{ client: simulatedL1Client(l1), signers: [simulatedSigner(0)], store: memoryJobStore() },
      ...{ policy: worldPolicy, pollIntervalMs: 5 },
    })
    const store = await SettlementStore.open(memoryDatabase())
    const service = {
      node: { jobs, store, events: listening().events, admin: {} },
    } as unknown as SettlementService
    using ctx = Ctx.root()
    const notifications = settlementNotifications(service)
    const work = scope(ctx, async (inner, tasks) => {
      tasks.spawnBackground((own) => jobs.run(own))
      const to = address(new Uint8Array(20).fill(0xc0))
      const submitted = await jobs.submit({ to, calldata: Uint8Array.of(7) }, inner)
      if (!submitted.ok) throw new Error(submitted.error.code)
      tasks.spawnBackground((own) => notifications.run(own))
      await using server = await serveRpc({
        ...{ methods: adminMethods(service), topics: notifications.operators },
        ...{ token: 'secret', port: 0 },
      })
      expect(await refusal(server.url)).toBe(401)
      expect(await refusal(server.url, { headers: { authorization: 'Bearer Secret' } })).toBe(401)
      const headers = { authorization: 'Bearer secret' }
      expect(await refusal(server.url, { headers, origin: 'https://page.example' })).toBe(403)
      const client = await clientOf(server, { headers })
      const id = await client.subscribe('admin_subscribe', 'settlementJobs')
      while (l1.mempool.length === 0) await new Promise(setImmediate)
      for (let i = 0; i < 6; i++) l1.mine()
      expect(await client.news(id, 1)).toMatchObject([
        {
          jobId: formatJobId(submitted.value),
          certificateId: null,
          jobResult: { outcome: 'success', attemptNumber: 0 },
        },
      ])
      client.socket.terminate()
    })
    await work
  })
})

describe('a WebSocket', () => {
  test('its client does not read › it is cut off by name, and nobody else', async () => {
    const { topics, subscribers } = testTopics()
    const server = await serveTopics(topics, { maxUnreadBytes: 100_000 })
    const [slow, quick] = [await clientOf(server), await clientOf(server)]
    await slow.subscribe('test_subscribe')
    slow.socket.pause()
    const id = await quick.subscribe('test_subscribe')
    let sent = 0
    while (subscribers.size === 2) {
      for (const subscriber of subscribers) subscriber.notify('x'.repeat(50_000))
      sent += 1
      await new Promise(setImmediate)
      expect(sent).toBeLessThan(10_000)
    }
    const closed = slow.closed()
    slow.socket.resume()
    expect(await closed).toEqual([closeCodes.SLOW_READER, 'SLOW_READER'])
    expect(await quick.news(id, sent)).toHaveLength(sent)
    expect(quick.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('its client does not take an answer › it is cut off', async () => {
    const { topics, subscribers } = testTopics()
    const clock = new ManualClock()
    const methods = new Map([['long', async () => ok('x'.repeat(32 * 2 ** 20))]])
    const o = { methods, clock, maxResponseBytes: 64 * 2 ** 20, pingIntervalMs: 1e9 }
    const client = await clientOf(await serveTopics(topics, o))
    await client.subscribe('test_subscribe')
    client.socket.pause()
    client.call('long').catch(() => undefined)
    for (let turns = 0; subscribers.size > 0 && turns < 1_000; turns++) {
      clock.advance(1_000)
      await new Promise(setImmediate)
    }
    expect(subscribers.size).toBe(0)
  })

  test('its client waits for as many answers as it may › it is not taken for gone', async () => {
    const { topics } = testTopics()
    const clock = new ManualClock()
    const answers: (() => void)[] = []
    const wait = () =>
      new Promise<ReturnType<typeof ok<string>>>((resolve) => {
        answers.push(() => {
          resolve(ok('done'))
        })
      })
    const server = await serveTopics(topics, { methods: new Map([['wait', wait]]), clock })
    const client = await clientOf(server)
    const closed = client.closed()
    const calls = Array.from({ length: 4 }, () => client.call('wait'))
    while (answers.length < 4) await new Promise(setImmediate)
    for (let pings = 0; pings < 3; pings++) clock.advance(30_000)
    for (const answer of answers) answer()
    expect(await Promise.race([Promise.all(calls), closed])).toMatchObject(
      Array.from({ length: 4 }, () => ({ result: 'done' })),
    )
  })

  test('its client sends many messages at once › a few are answered at a time', async () => {
    const answers: (() => void)[] = []
    let open = 0
    let most = 0
    const wait = () =>
      new Promise<ReturnType<typeof ok<string>>>((resolve) => {
        open += 1
        most = Math.max(most, open)
        answers.push(() => {
          open -= 1
          resolve(ok('done'))
        })
      })
    const server = await serveTopics(testTopics().topics, { methods: new Map([['wait', wait]]) })
    const client = await clientOf(server)
    let answered = 0
    const calls = Array.from({ length: 2_000 }, async () => {
      await client.call('wait')
      answered += 1
    })
    while (answered < calls.length) {
      answers.shift()?.()
      await new Promise(setImmediate)
    }
    await Promise.all(calls)
    expect(most).toBe(4)
  })

  test('something was not told › the client learns that it was', async () => {
    const { topics, subscribers } = testTopics()
    const client = await clientOf(await serveTopics(topics))
    await client.subscribe('test_subscribe')
    const closed = client.closed()
    for (const subscriber of [...subscribers]) subscriber.lost()
    expect(await closed).toEqual([closeCodes.EVENTS_LOST, 'EVENTS_LOST'])
    while (subscribers.size > 0) await new Promise(setImmediate)
  })

  test('connections, subscriptions and messages are bounded', async () => {
    const { topics, subscribers } = testTopics()
    const o = { maxConnections: 2, maxSubscriptions: 2, maxRequestBytes: 1000 }
    const server = await serveTopics(topics, o)
    const client = await clientOf(server)
    await client.subscribe('test_subscribe')
    const id = await client.subscribe('test_subscribe')
    expect(await client.call('test_subscribe')).toMatchObject({
      code: -32005,
      message: 'Limit exceeded: 2 subscriptions',
    })
    expect(await client.call('test_unsubscribe', id)).toMatchObject({ result: true })
    await client.subscribe('test_subscribe')
    const other = await clientOf(server)
    await expect(clientOf(server)).rejects.toThrow()
    const tooLong = other.closed()
    other.socket.send('x'.repeat(2000))
    expect((await tooLong)[0]).toBe(1009)
    const binary = client.closed()
    client.socket.send(Buffer.from('{}'))
    expect(await binary).toEqual([1003, 'expected text'])
    while (subscribers.size > 0) await new Promise(setImmediate)
  })

  test('its client is gone without a word › it ends', async () => {
    const { topics, subscribers } = testTopics()
    const server = await serveTopics(topics, { pingIntervalMs: 1_000 })
    const dead = await clientOf(server, { autoPong: false })
    const alive = await clientOf(server)
    await dead.subscribe('test_subscribe')
    expect((await dead.closed())[0]).toBe(1006)
    while (subscribers.size > 0) await new Promise(setImmediate)
    expect(alive.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('without topics there are none; elsewhere neither; a server that stops ends all', async () => {
    const plain = await serveRpc({ methods: new Map(), port: 0 })
    open.push(() => plain.close())
    expect(await refusal(plain.url)).toBe(404)
    const server = await serveTopics(testTopics().topics)
    expect(await refusal(`${server.url}/elsewhere`)).toBe(404)
    const closed = (await clientOf(server)).closed()
    await server.close()
    expect((await closed)[0]).toBe(1006)
  })

  test('who is refused one and does not go › loses the connection', async () => {
    const server = await serveRpc({ methods: new Map(), port: 0 })
    const socket = connect({ port: Number(new URL(server.url).port), allowHalfOpen: true })
    open.push(() => socket.destroy())
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    socket.resume()
    await once(socket, 'end')
    await server.close()
  })
})
