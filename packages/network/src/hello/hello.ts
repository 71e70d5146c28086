import type { Ctx } from '@zkstack/concurrency'
import { bytesEqual, DecodeError, err, ok, type Result } from '@zkstack/crypto'
import type { Genesis } from '@zkstack/roles'
import {
  decodeHelloFrame,
  encodeHelloFrame,
  type HelloMessage,
  type HelloStreamFrame,
} from '../codec.js'
import { NetworkError } from '../errors.js'
import { goodbye, goodbyeNumber, goodbyeOfPeer, type Goodbye } from '../goodbye.js'
import type { HelloSigner } from '../network.js'
import { PROTOCOL_VERSION } from '../protocols.js'
import type { FrameStream, TransportConnection } from '../transport/network-transport.js'
import { helloDigest, type HelloTranscript } from './hello-digest.js'

const NONCE_BYTES = 32
/** A version is a word for logs and metrics. */
const MAX_BUILD_VERSION = 64

/** What one side brings to the hello. */
export interface HelloInit {
  readonly genesis: Genesis
  readonly validator: HelloSigner | undefined
  readonly buildVersion: string | undefined
  /** Number of the first block that we lack. */
  readonly chainHead: bigint
  /** Called when the peer is who it says: a goodbye refuses it. */
  admit(peer: HelloResult): Promise<Goodbye | undefined>
}

/** What the hello has proven and told about the peer. */
export interface HelloResult {
  /** The validator key proven on this connection. */
  readonly carrier: Uint8Array | undefined
  readonly buildVersion: string | undefined
  readonly chainHead: bigint
}

/**
 * Runs the hello of a connection on its stream: both sides tell their chain, prove their validator keys, and
 * accept each other. The caller tells the peer of a refusal that is ours.
 * @throws NetworkError when the stream breaks, CanceledError when `ctx` ends.
 */
export async function runHello(
  ctx: Ctx,
  stream: FrameStream,
  connection: TransportConnection,
  init: HelloInit,
): Promise<Result<HelloResult, Goodbye>> {
  const hello = new HelloExchange(ctx, stream, connection, init)
  try {
    return ok(await hello.run())
  } catch (e) {
    return err(refusalOf(e) ?? (await hello.lastWords(e)))
  }
}

/** Tells the peer why, as far as it still listens. */
export async function sendGoodbye(stream: FrameStream, { code, text }: Goodbye): Promise<void> {
  try {
    await stream.send(encodeHelloFrame({ kind: 'goodbye', code: goodbyeNumber(code), text }))
  } catch {
    // the connection is ending anyway, and the reason is in our own log
  }
}

class Refusal extends Error {
  constructor(readonly goodbye: Goodbye) {
    super(goodbye.text)
  }
}

function refuse(code: Goodbye['code'], text: string): never {
  throw new Refusal(goodbye(code, text))
}

function refusalOf(e: unknown): Goodbye | undefined {
  if (e instanceof Refusal) return e.goodbye
  if (e instanceof DecodeError) return goodbye('MALFORMED', `a malformed hello: ${e.code}`)
  if (e instanceof NetworkError && e.code === 'NETWORK_FRAME_TOO_LARGE')
    return goodbye('MALFORMED', e.message)
  return undefined
}

class HelloExchange {
  readonly #role: 'initiator' | 'responder'

  constructor(
    readonly ctx: Ctx,
    readonly stream: FrameStream,
    readonly connection: TransportConnection,
    readonly init: HelloInit,
  ) {
    this.#role = connection.direction === 'outbound' ? 'initiator' : 'responder'
  }

  async run(): Promise<HelloResult> {
    const ours = this.#ownHello()
    await this.#send({ kind: 'hello', hello: ours })
    const theirs = this.#checkHello(await this.#expect('hello'))
    const transcript = this.#transcript(ours, theirs)
    await this.#send({ kind: 'auth', signature: await this.#sign(transcript) })
    const { signature } = await this.#expect('auth')
    const carrier = this.#checkAuth(theirs.validatorKey, signature, transcript)
    const result = { carrier, buildVersion: theirs.buildVersion, chainHead: theirs.chainHead }
    const refusal = await this.ctx.race(this.init.admit(result))
    if (refusal) throw new Refusal(refusal)
    await this.#send({ kind: 'accept' })
    await this.#expect('accept')
    return result
  }

  /** The goodbye of a peer that has hung up on us while we were talking. @throws `e`, when there is none. */
  async lastWords(e: unknown): Promise<Goodbye> {
    if (!(e instanceof NetworkError)) throw e
    for (;;) {
      const bytes = await this.ctx.race(this.stream.receive()).catch(() => undefined)
      if (!bytes) throw e
      const frame = decodeHelloFrame(bytes)
      if (frame.kind === 'goodbye') return goodbyeOfPeer(frame.code, frame.text)
    }
  }

  #ownHello(): HelloMessage {
    return {
      protocolVersion: PROTOCOL_VERSION,
      genesisHash: this.init.genesis.hash,
      nonce: this.ctx.random.bytes(NONCE_BYTES),
      validatorKey: this.init.validator?.publicKey,
      buildVersion: this.init.buildVersion?.slice(0, MAX_BUILD_VERSION),
      chainHead: this.init.chainHead,
    }
  }

  async #send(frame: HelloStreamFrame): Promise<void> {
    await this.ctx.race(this.stream.send(encodeHelloFrame(frame)))
  }

  async #expect<K extends HelloStreamFrame['kind']>(
    kind: K,
  ): Promise<Extract<HelloStreamFrame, { kind: K }>> {
    const bytes = await this.ctx.race(this.stream.receive())
    if (!bytes) throw new NetworkError('NETWORK_STREAM_RESET', `the peer left before its ${kind}`)
    const frame = decodeHelloFrame(bytes)
    if (frame.kind === 'goodbye') throw new Refusal(goodbyeOfPeer(frame.code, frame.text))
    if (!isKind(frame, kind)) return refuse('MALFORMED', `${frame.kind} where ${kind} was due`)
    return frame
  }

  #checkHello({ hello }: { readonly hello: HelloMessage }): HelloMessage {
    const { hash } = this.init.genesis
    if (hello.protocolVersion !== PROTOCOL_VERSION) {
      refuse('VERSION', `protocol version ${PROTOCOL_VERSION} here, ${hello.protocolVersion} there`)
    }
    if (!bytesEqual(hello.genesisHash, hash))
      refuse('GENESIS_MISMATCH', 'the peer is of another chain or fork')
    if (hello.nonce.length !== NONCE_BYTES)
      refuse('MALFORMED', `a nonce of ${hello.nonce.length} bytes`)
    if ((hello.buildVersion?.length ?? 0) > MAX_BUILD_VERSION)
      refuse('MALFORMED', 'a build version too long')
    return hello
  }

  #transcript(ours: HelloMessage, theirs: HelloMessage): HelloTranscript {
    const { localPeerId, remotePeerId } = this.connection
    const initiator = this.#role === 'initiator'
    return {
      genesisHash: this.init.genesis.hash,
      initiatorPeerId: initiator ? localPeerId : remotePeerId,
      responderPeerId: initiator ? remotePeerId : localPeerId,
      initiatorNonce: initiator ? ours.nonce : theirs.nonce,
      responderNonce: initiator ? theirs.nonce : ours.nonce,
    }
  }

  async #sign(transcript: HelloTranscript): Promise<Uint8Array | undefined> {
    const { validator } = this.init
    if (!validator) return undefined
    const digest = helloDigest(transcript, { validatorKey: validator.publicKey, role: this.#role })
    return this.ctx.race(validator.sign(digest, { signal: this.ctx.signal }))
  }

  #checkAuth(
    validatorKey: Uint8Array | undefined,
    signature: Uint8Array | undefined,
    transcript: HelloTranscript,
  ): Uint8Array | undefined {
    if (!validatorKey && !signature) return undefined
    if (!validatorKey || !signature)
      return refuse('BAD_SIGNATURE', 'a validator key and its signature come together')
    const { scheme } = this.init.genesis
    const role = this.#role === 'initiator' ? 'responder' : 'initiator'
    const digest = helloDigest(transcript, { validatorKey, role })
    // lengths and encodings first, the expensive check last
    if (validatorKey.length !== scheme.publicKeyBytes || !scheme.isCanonicalSignature(signature)) {
      return refuse('BAD_SIGNATURE', 'a malformed validator key or signature')
    }
    const key = scheme.importPublicKey(validatorKey)
    if (!key || !scheme.verify(key, digest, signature)) {
      return refuse('BAD_SIGNATURE', 'the validator key is not proven on this connection')
    }
    return validatorKey
  }
}

function isKind<K extends HelloStreamFrame['kind']>(
  frame: HelloStreamFrame,
  kind: K,
): frame is Extract<HelloStreamFrame, { kind: K }> {
  return frame.kind === kind
}
