import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { status } from '@grpc/grpc-js'
import { CanceledError, MemoryMetrics } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { nativeProver, type Prover } from '@zkstack/pessimistic-proof'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { encodeProofRequest, RemoteProverError } from '../../src/index.js'
import { at, ask, closeAll, input, once, open, remote, serve } from '../helpers/prover-sockets.js'
import { GatedProver, rejectionOf, until } from '../helpers/provers.js'
import { errorOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())
afterEach(closeAll)

const { signal } = new AbortController()

describe('a prover with too much to do', () => {
  test('turns away with RESOURCE_EXHAUSTED what it has no place for, and does the rest', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover, maxConcurrent: 1, maxBuffered: 1 })
    const request = encodeProofRequest(input())
    const first = ask(at(server), request)
    await until(() => prover.waiting === 1)
    const others = [ask(at(server), request), ask(at(server), request)]
    // Of the two, one waits its turn, and one is turned away at once.
    const refused = await Promise.race(others)
    expect(errorOf(refused).code).toBe(status.RESOURCE_EXHAUSTED)
    expect(prover.waiting).toBe(1)
    prover.open()
    expect((await first).ok).toBe(true)
    await until(() => prover.waiting === 1)
    prover.open()
    expect((await Promise.all(others)).filter((answer) => answer.ok)).toHaveLength(1)
  })

  test('is asked again by the client after a while', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover, maxConcurrent: 1, maxBuffered: 0 })
    const first = remote([at(server)]).prove(input(), { signal })
    await until(() => prover.waiting === 1)
    expect(
      (await rejectionOf(remote([at(server)]).prove(input(), { signal }), RemoteProverError)).code,
    ).toBe('PROVER_UNAVAILABLE')
    const retry = { initialMs: 5, factor: 1, maxMs: 5, maxAttempts: 10_000 }
    const patient = remote([at(server)], { retry }).prove(input(), { signal })
    prover.open()
    expect((await first).ok).toBe(true)
    await until(() => prover.waiting === 1)
    prover.open()
    expect((await patient).ok).toBe(true)
  })

  test('that takes too long › ends with DEADLINE_EXCEEDED, and stops proving', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover, maxRequestMs: 20 })
    expect(errorOf(await ask(at(server), encodeProofRequest(input()))).code).toBe(
      status.DEADLINE_EXCEEDED,
    )
    expect(prover.aborted).toBe(1)
  })

  test('that takes longer than the client waits › is given up, and hears of it', async () => {
    const prover = new GatedProver()
    const client = remote([at(await serve({ prover }))], { timeoutMs: 3_000 })
    expect((await rejectionOf(client.prove(input(), { signal }), RemoteProverError)).code).toBe(
      'PROVER_TIMEOUT',
    )
    await until(() => prover.aborted === 1)
  })

  test('whose client is aborted › hears of it; the client rejects with the reason', async () => {
    const prover = new GatedProver()
    const client = remote([at(await serve({ prover }))])
    const aborting = new AbortController()
    const reason = new CanceledError()
    const proving = client.prove(input(), { signal: aborting.signal })
    await until(() => prover.waiting === 1)
    aborting.abort(reason)
    await expect(proving).rejects.toBe(reason)
    await until(() => prover.aborted === 1)
    await expect(client.prove(input(), { signal: aborting.signal })).rejects.toBe(reason)
  })
})

/** A way to a server that can be cut. */
async function cuttable(port: number): Promise<{ readonly port: number; cut(): void }> {
  const sockets = new Set<Socket>()
  const relay = createServer((socket) => {
    const through = connect(port, '127.0.0.1')
    for (const end of [socket, through]) {
      sockets.add(end)
      end.on('error', () => end.destroy())
    }
    socket.pipe(through).pipe(socket)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    relay.close()
    for (const socket of sockets) socket.destroy()
  }
  open.push(cut)
  return { port: (relay.address() as AddressInfo).port, cut }
}

describe('a prover that goes away', () => {
  test.each(['its connection is cut', 'it is stopped at once'])(
    'in the middle of a request: %s › the next one is asked',
    async (how) => {
      const metrics = new MemoryMetrics()
      const prover = new GatedProver()
      const server = await serve({ prover })
      const way = await cuttable(server.port)
      const second = await serve()
      const proving = remote([at(way), at(second)], { metrics }).prove(input(), { signal })
      await until(() => prover.waiting === 1)
      if (how === 'its connection is cut') way.cut()
      else await server.close({ graceMs: 0 })
      expect((await proving).ok).toBe(true)
      expect(metrics.value('proving_fallback_triggered')).toBe(1)
      await until(() => prover.aborted === 1)
    },
  )

  test('and is the only one › is an error that says so', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover })
    const proving = remote([at(server)]).prove(input(), { signal })
    const rejected = rejectionOf(proving, RemoteProverError)
    await until(() => prover.waiting === 1)
    await server.close({ graceMs: 0 })
    expect((await rejected).code).toBe('PROVER_UNAVAILABLE')
  })

  test('in good order › answers first what it has, and takes nothing new', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover })
    const proving = remote([at(server)]).prove(input(), { signal })
    await until(() => prover.waiting === 1)
    const closing = server.close()
    expect(server.health).toBe('NOT_SERVING')
    const late = remote([at(server)]).prove(input(), { signal })
    expect((await rejectionOf(late, RemoteProverError)).code).toBe('PROVER_UNAVAILABLE')
    prover.open()
    expect((await proving).ok).toBe(true)
    await closing
  })

  test('a prover that fails › is not asked again, but the next one is', async () => {
    let asked = 0
    const failing: Prover = {
      ...nativeProver(),
      async prove() {
        asked += 1
        throw new Error('out of memory')
      },
    }
    const [first, second] = [await serve({ prover: failing }), await serve()]
    const retry = { ...once, maxAttempts: 5 }
    const alone = remote([at(first)], { retry }).prove(input(), { signal })
    const error = await rejectionOf(alone, RemoteProverError)
    expect(error).toMatchObject({ code: 'PROVER_FAILED' })
    expect(error.message).toContain('out of memory')
    expect(asked).toBe(1)
    const both = remote([at(first), at(second)], { retry })
    expect((await both.prove(input(), { signal })).ok).toBe(true)
    expect(asked).toBe(2)
  })
})
