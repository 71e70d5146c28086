import { Ctx, systemRandom } from '@zkstack/concurrency'
import { generateNodeKey, type NodeSecretKey } from '@zkstack/roles'
import type {
  FrameStream,
  NetworkTransport,
  TransportConnection,
} from '../../src/transport/network-transport.js'
import { check, eventually } from './case.js'

/** One protocol of a {@link Link}. */
export const ONE = '/test/one/1'

/** Another one. */
export const TWO = '/test/two/1'

/** Protocols that both ends of a {@link Link} serve. */
export const PROTOCOLS = [ONE, TWO]

/** Bytes. */
export const MiB = 1024 * 1024

/** Two transports, and a connection from the second to the first. */
export class Link implements AsyncDisposable {
  readonly inboundConnections: TransportConnection[] = []
  readonly extra: NetworkTransport[] = []
  readonly ctx = Ctx.root()

  private constructor(
    readonly makeTransport: () => NetworkTransport,
    readonly serverKey: NodeSecretKey,
    readonly clientKey: NodeSecretKey,
    readonly server: NetworkTransport,
    readonly client: NetworkTransport,
  ) {}

  #address = ''
  #outbound: TransportConnection | undefined

  static async make(makeTransport: () => NetworkTransport): Promise<Link> {
    const [serverKey, clientKey] = [generateNodeKey(systemRandom), generateNodeKey(systemRandom)]
    const link = new Link(makeTransport, serverKey, clientKey, makeTransport(), makeTransport())
    const { addresses } = await link.server.start({
      identity: serverKey,
      listen: ['127.0.0.1:0'],
      protocols: PROTOCOLS,
      onConnection: (connection) => link.inboundConnections.push(connection),
    })
    link.#address = addresses[0] ?? ''
    await link.client.start({
      identity: clientKey,
      listen: [],
      protocols: PROTOCOLS,
      onConnection: () => undefined,
    })
    link.#outbound = await link.dial()
    await eventually('inbound connection', () => link.inboundConnections.length === 1)
    return link
  }

  get address(): string {
    return this.#address
  }

  get outbound(): TransportConnection {
    check(this.#outbound !== undefined, 'connected')
    return this.#outbound
  }

  get inbound(): TransportConnection {
    const connection = this.inboundConnections[0]
    check(connection !== undefined, 'connected')
    return connection
  }

  dial(key = this.serverKey.publicKey, address = this.#address): Promise<TransportConnection> {
    return this.client.dial(address, key, { signal: this.ctx.signal })
  }

  /** Opens a stream from client to server. */
  open(protocol = ONE, maxFrameBytes = MiB): Promise<FrameStream> {
    return this.outbound.openStream(protocol, { signal: this.ctx.signal, maxFrameBytes })
  }

  /** Both ends of a new stream. */
  async stream(
    o: { protocol?: string; maxFrameBytes?: number } = {},
  ): Promise<[FrameStream, FrameStream]> {
    const { protocol = ONE, maxFrameBytes = 16 * MiB } = o
    let theirs: FrameStream | undefined
    this.inbound.onStream(protocol, maxFrameBytes, (stream) => {
      theirs = stream
      return Promise.resolve()
    })
    const ours = await this.open(protocol, maxFrameBytes)
    await eventually('inbound stream', () => theirs !== undefined)
    check(theirs !== undefined, 'inbound stream')
    return [ours, theirs]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.stop()
    await this.server.stop()
    for (const transport of this.extra) await transport.stop()
    this.ctx[Symbol.dispose]()
  }
}

/** Bytes that tell their place, made quickly. */
export function bytes(length: number, seed = 1): Uint8Array {
  const all = new Uint8Array(length)
  for (let i = 0; i < Math.min(length, 1021); i++) all[i] = (i * 31 + seed) & 0xff
  for (let filled = 1021; filled < length; filled *= 2) all.copyWithin(filled, 0, filled)
  return all
}
