import { connect, type Socket } from 'node:net'
import { Ctx, isCanceled, realClock, scope, systemRandom, yieldTurn } from '@zkstack/concurrency'
import { encodeSigned, generateNodeKey, type Genesis, type Signed } from '@zkstack/roles'
import { encodeBlockRange, encodePeersRequest, encodeTransactions } from '../src/codec.js'
import { parseHostPort } from '../src/host-port.js'
import type { HelloSigner, StaticPeer } from '../src/network.js'
import { protocols } from '../src/protocols.js'
import { libp2pTransport } from '../src/transport/libp2p-transport.js'
import type { TransportConnection } from '../src/transport/network-transport.js'
import { RawPeer } from './raw-peer.js'

/**
 * How a {@link Flooder} floods. `votes`: consensus messages, on all the streams that there may be. `frames`: right frames of every other
 * protocol. `garbage`: bytes that are no frames, on streams and on bare sockets. `streams`: one stream after another.
 * `connections`: one connection after another, and bare sockets that say nothing.
 */
export const floods = ['votes', 'frames', 'garbage', 'streams', 'connections'] as const

/** Name of a way to flood. */
export type Flood = (typeof floods)[number]

/** What a {@link Flooder} works with. */
export interface FlooderOptions {
  readonly genesis: Genesis
  readonly target: StaticPeer
  /** Proven in its hellos; absent: it is a stranger. */
  readonly validator?: HelloSigner
  /** What it sends as consensus messages. */
  readonly votes: readonly Signed[]
}

/** What came of a flood. */
export interface FloodCounts {
  frames: number
  streams: number
  connections: number
  sockets: number
  /** Attempts that the target refused, cut or did not answer. */
  refused: number
}

/** Bare sockets held open at once. */
const SOCKETS = 100
/** A peer that is banned does not get far any more, but it goes on trying. */
const RETRY_MS = 20

/** One peer that does everything a node cannot forbid it to try, over real TCP and as fast as it is let. */
export class Flooder implements AsyncDisposable {
  readonly counts: FloodCounts = { frames: 0, streams: 0, connections: 0, sockets: 0, refused: 0 }
  readonly #o: FlooderOptions
  readonly #root = Ctx.root()
  readonly #sockets = new Set<Socket>()
  #running: Promise<void> = Promise.resolve()

  constructor(o: FlooderOptions) {
    this.#o = o
  }

  /** Begins; ends with the disposal. Each way of flooding has a key of its own. */
  start(ways: readonly Flood[] = floods): void {
    this.#running = scope(this.#root, async (ctx, tasks) => {
      for (const way of ways) tasks.spawn((c) => this.#flood(c, way))
      await ctx.race(new Promise<never>(() => undefined))
    }).catch((e: unknown) => {
      if (!isCanceled(e)) throw e
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#root.cancel()
    await this.#running
    for (const socket of this.#sockets) socket.destroy()
  }

  async #flood(ctx: Ctx, way: Flood): Promise<void> {
    await using peer = await RawPeer.start(libp2pTransport(), generateNodeKey(systemRandom))
    if (way === 'garbage' || way === 'connections') this.#openSockets(way)
    while (!ctx.canceled) {
      try {
        await ctx.race(this.#attack(ctx, peer, way))
      } catch {
        // whatever the target does about it, the flood goes on
        this.counts.refused++
        ctx.throwIfCanceled()
        await ctx.sleep(RETRY_MS)
      }
    }
  }

  async #attack(ctx: Ctx, peer: RawPeer, way: Flood): Promise<void> {
    const { target, genesis, validator } = this.#o
    const hello = { genesis, ...(validator && { validator }) }
    const { connection } = await peer.connect(target, hello)
    this.counts.connections++
    try {
      switch (way) {
        case 'votes':
          return await this.#sendOn(ctx, peer, connection, {
            [protocols.consensus]: this.#o.votes.map(encodeSigned),
          })
        case 'frames':
          return await this.#sendOn(ctx, peer, connection, rightFrames)
        case 'garbage':
          return await this.#sendOn(ctx, peer, connection, {
            [protocols.blocks]: [systemRandom.bytes(1_000)],
          })
        case 'streams':
          return await this.#openStreams(ctx, peer, connection)
        case 'connections':
          return
      }
    } finally {
      await connection.close()
    }
  }

  /** Sends without end on a stream of each protocol. */
  async #sendOn(
    ctx: Ctx,
    peer: RawPeer,
    connection: TransportConnection,
    frames: Readonly<Record<string, readonly Uint8Array[]>>,
  ): Promise<void> {
    const lanes = Object.entries(frames).map(async ([protocol, all]) => {
      const stream = await peer.open(connection, protocol)
      this.counts.streams++
      for (let i = 0; !ctx.canceled; i++) {
        await stream.send(all[i % all.length] ?? new Uint8Array())
        this.counts.frames++
        if (i % 100 === 0) await yieldTurn()
      }
    })
    await Promise.race([Promise.all(lanes), connection.closed])
    throw new Error('the target has cut the connection')
  }

  async #openStreams(ctx: Ctx, peer: RawPeer, connection: TransportConnection): Promise<void> {
    let isOpen = true
    const close = (): void => void (isOpen = false)
    connection.closed.then(close, close)
    while (isOpen && !ctx.canceled) {
      this.counts.streams++
      // one too many of its protocol is refused, and has cost a negotiation all the same
      await peer.open(connection, protocols.ping).catch(() => undefined)
    }
    throw new Error('the target has cut the connection')
  }

  #openSockets(way: Flood): void {
    for (let i = 0; i < SOCKETS; i++) this.#openSocket(way)
  }

  /** A socket that speaks no protocol; when it is closed, another one takes its place. */
  #openSocket(way: Flood): void {
    if (this.#root.canceled) return
    const { host, port } = parseHostPort(this.#o.target.addr)
    // as another host would: what one host may do is bounded too
    const localAddress = host === '127.0.0.1' ? '127.0.0.2' : undefined
    const socket = connect({ host, port, ...(localAddress && { localAddress }) })
    this.counts.sockets++
    this.#sockets.add(socket)
    if (way === 'garbage') socket.write(systemRandom.bytes(10_000))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      const cancel = realClock.setTimer(realClock.now() + RETRY_MS, () => this.#openSocket(way))
      this.#root.onCancel(cancel)
    })
  }
}

/** Frames that each by itself is right. */
const rightFrames: Readonly<Record<string, readonly Uint8Array[]>> = {
  [protocols.ping]: [new Uint8Array(32)],
  [protocols.blocks]: [encodeBlockRange({ first: 0n, next: 0n })],
  [protocols.transactions]: [encodeTransactions([Uint8Array.of(1)])],
  [protocols.peers]: [encodePeersRequest({ port: 1, ip: undefined })],
}
