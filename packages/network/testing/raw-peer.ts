import { Ctx, systemRandom } from '@zkstack/concurrency'
import { generateNodeKey, type Genesis, type NodeSecretKey } from '@zkstack/roles'
import { decodeHelloFrame, encodeHelloFrame, type HelloStreamFrame } from '../src/codec.js'
import { goodbyeOfPeer } from '../src/goodbye.js'
import { helloDigest, type HelloTranscript } from '../src/hello/hello-digest.js'
import type { HelloSigner, StaticPeer } from '../src/network.js'
import { allProtocols, protocols, PROTOCOL_VERSION } from '../src/protocols.js'
import type {
  FrameStream,
  NetworkTransport,
  TransportConnection,
} from '../src/transport/network-transport.js'
import { check, eventually } from './compliance/case.js'

/** What a {@link RawPeer} says in its hello; each part can be made wrong. */
export interface RawHello {
  readonly genesis: Genesis
  readonly validator?: HelloSigner
  readonly protocolVersion?: number
  readonly nonce?: Uint8Array
  /** Signs this instead of what is right. */
  readonly transcript?: (right: HelloTranscript) => HelloTranscript
  readonly role?: 'initiator' | 'responder'
}

/** A peer without manners: it holds connections and streams in its own hands and says on them what a test wants. */
export class RawPeer implements AsyncDisposable {
  readonly connections: TransportConnection[] = []
  readonly #ctx = Ctx.root()
  #address = ''

  private constructor(
    readonly transport: NetworkTransport,
    readonly nodeKey: NodeSecretKey,
  ) {}

  /** Starts to listen. */
  static async start(
    transport: NetworkTransport,
    nodeKey = generateNodeKey(systemRandom),
  ): Promise<RawPeer> {
    const peer = new RawPeer(transport, nodeKey)
    const { addresses } = await transport.start({
      identity: nodeKey,
      listen: ['127.0.0.1:0'],
      protocols: allProtocols,
      onConnection: (connection) => peer.connections.push(connection),
    })
    peer.#address = addresses[0] ?? ''
    return peer
  }

  get key(): Uint8Array {
    return this.nodeKey.publicKey
  }

  get asStaticPeer(): StaticPeer {
    return { key: this.key, addr: this.#address }
  }

  dial({ key, addr }: StaticPeer): Promise<TransportConnection> {
    return this.transport.dial(addr, key, { signal: this.#ctx.signal })
  }

  open(connection: TransportConnection, protocol: string): Promise<FrameStream> {
    return connection.openStream(protocol, { signal: this.#ctx.signal, maxFrameBytes: 2 ** 26 })
  }

  /** Waits for an accepted connection and for a stream of that protocol on it. */
  async accept(protocol: string): Promise<[TransportConnection, FrameStream]> {
    await eventually('a connection', () => this.connections.length > 0)
    const connection = this.connections[0]
    check(connection !== undefined, 'a connection')
    return [connection, await RawPeer.streamOf(connection, protocol)]
  }

  /** Waits for a stream that the other side opens. */
  static streamOf(connection: TransportConnection, protocol: string): Promise<FrameStream> {
    return new Promise((resolve) => {
      connection.onStream(protocol, 2 ** 26, (stream) => {
        resolve(stream)
        return Promise.resolve()
      })
    })
  }

  /** Dials and says hello properly, or as `hello` says. Returns the hello stream after the accept. */
  async connect(
    to: StaticPeer,
    hello: RawHello,
  ): Promise<{ connection: TransportConnection; stream: FrameStream }> {
    const connection = await this.dial(to)
    const stream = await this.open(connection, protocols.hello)
    try {
      await this.sayHello(connection, stream, hello)
    } catch (e) {
      // so far its manners go: who is refused hangs up
      await connection.close()
      throw e
    }
    return { connection, stream }
  }

  /** The hello on an open stream; throws a `Refused` when the other side says goodbye. */
  async sayHello(connection: TransportConnection, stream: FrameStream, o: RawHello): Promise<void> {
    const nonce = o.nonce ?? systemRandom.bytes(32)
    const validatorKey = o.validator?.publicKey
    const protocolVersion = o.protocolVersion ?? PROTOCOL_VERSION
    await say(stream, {
      kind: 'hello',
      hello: {
        protocolVersion,
        genesisHash: o.genesis.hash,
        nonce,
        validatorKey,
        buildVersion: undefined,
        chainHead: 0n,
      },
    })
    const theirs = await hear(stream)
    check(theirs.kind === 'hello', 'a hello')
    const initiator = connection.direction === 'outbound'
    const right = {
      genesisHash: o.genesis.hash,
      initiatorPeerId: initiator ? connection.localPeerId : connection.remotePeerId,
      responderPeerId: initiator ? connection.remotePeerId : connection.localPeerId,
      initiatorNonce: initiator ? nonce : theirs.hello.nonce,
      responderNonce: initiator ? theirs.hello.nonce : nonce,
    }
    const role = o.role ?? (initiator ? 'initiator' : 'responder')
    const transcript = o.transcript?.(right) ?? right
    const signature =
      o.validator &&
      (await o.validator.sign(
        helloDigest(transcript, { validatorKey: o.validator.publicKey, role }),
        {
          signal: this.#ctx.signal,
        },
      ))
    await say(stream, { kind: 'auth', signature })
    await say(stream, { kind: 'accept' })
    for (const kind of ['auth', 'accept']) check((await hear(stream)).kind === kind, kind)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport.stop()
    this.#ctx[Symbol.dispose]()
  }
}

/** The other side said goodbye. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    text: string,
  ) {
    super(text)
  }
}

/** Sends a hello frame. */
export function say(stream: FrameStream, frame: HelloStreamFrame): Promise<void> {
  return stream.send(encodeHelloFrame(frame))
}

/** The next hello frame. @throws Refused for a goodbye, and when the stream ends. */
export async function hear(stream: FrameStream): Promise<HelloStreamFrame> {
  const bytes = await stream.receive()
  if (!bytes) throw new Refused('END', 'the stream has ended')
  const frame = decodeHelloFrame(bytes)
  if (frame.kind !== 'goodbye') return frame
  const { code, text } = goodbyeOfPeer(frame.code, frame.text)
  throw new Refused(code, text)
}
