import { errorOf } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import Long from 'long'
import { zkstack } from './proto/generated.js'

const { HelloFrame, BlockRange, GetBlockRequest, GetBlockResponse, Transactions } = zkstack.network

/** The one place where `bigint` becomes what the protobuf runtime knows; it would write a bigint as 0. */
function toLong(value: bigint): Long {
  if (value < 0n || value >> 64n !== 0n)
    throw new RangeError(`${value} is not an unsigned 64-bit number`)
  return Long.fromBits(
    Number(BigInt.asIntN(32, value)),
    Number(BigInt.asIntN(32, value >> 32n)),
    true,
  )
}

function fromLong(value: Long | number | null | undefined): bigint {
  if (value === null || value === undefined) return 0n
  if (typeof value === 'number') return BigInt(value)
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0)
}

/** Decodes; whatever the runtime throws becomes the one error of decoders. */
function decode<T>(type: { decode(bytes: Uint8Array): T }, bytes: Uint8Array): T {
  try {
    return type.decode(bytes)
  } catch (e) {
    throw new DecodeError('MALFORMED', errorOf(e).message)
  }
}

/** A copy, so that no view keeps a frame alive and nobody sees a later change. */
function copyOf(bytes: Uint8Array | null | undefined): Uint8Array {
  return new Uint8Array(bytes ?? [])
}

/** First words of a peer. */
export interface HelloMessage {
  readonly protocolVersion: number
  readonly genesisHash: Uint8Array
  /** 32 random bytes. */
  readonly nonce: Uint8Array
  readonly validatorKey: Uint8Array | undefined
  readonly buildVersion: string | undefined
  /** Number of the first block that the sender lacks. */
  readonly chainHead: bigint
}

/** A frame of the hello stream. */
export type HelloStreamFrame =
  | { readonly kind: 'hello'; readonly hello: HelloMessage }
  | { readonly kind: 'auth'; readonly signature: Uint8Array | undefined }
  | { readonly kind: 'accept' }
  | { readonly kind: 'goodbye'; readonly code: number; readonly text: string }

/** Bytes of a hello frame. */
export function encodeHelloFrame(frame: HelloStreamFrame): Uint8Array {
  switch (frame.kind) {
    case 'hello': {
      const { validatorKey, buildVersion, ...hello } = frame.hello
      return HelloFrame.encode({
        hello: {
          ...hello,
          ...(validatorKey && { validatorKey }),
          ...(buildVersion !== undefined && { buildVersion }),
          chainHead: toLong(hello.chainHead),
        },
      }).finish()
    }
    case 'auth':
      return HelloFrame.encode({
        auth: frame.signature ? { signature: frame.signature } : {},
      }).finish()
    case 'accept':
      return HelloFrame.encode({ accept: {} }).finish()
    case 'goodbye':
      return HelloFrame.encode({ goodbye: { code: frame.code, text: frame.text } }).finish()
  }
}

/** @throws DecodeError */
export function decodeHelloFrame(bytes: Uint8Array): HelloStreamFrame {
  const { hello, auth, accept, goodbye } = decode(HelloFrame, bytes)
  if (hello) {
    return {
      kind: 'hello',
      hello: {
        protocolVersion: hello.protocolVersion ?? 0,
        genesisHash: copyOf(hello.genesisHash),
        nonce: copyOf(hello.nonce),
        validatorKey: hello.validatorKey ? copyOf(hello.validatorKey) : undefined,
        buildVersion: hello.buildVersion ?? undefined,
        chainHead: fromLong(hello.chainHead),
      },
    }
  }
  if (auth) return { kind: 'auth', signature: auth.signature ? copyOf(auth.signature) : undefined }
  if (accept) return { kind: 'accept' }
  if (goodbye) return { kind: 'goodbye', code: goodbye.code ?? 0, text: goodbye.text ?? '' }
  throw new DecodeError('MISSING_FIELD', 'a hello frame of no known kind')
}

/** The blocks [first, next) that a peer can serve. */
export interface AnnouncedRange {
  readonly first: bigint
  readonly next: bigint
}

/** Bytes of an announcement. */
export function encodeBlockRange(range: AnnouncedRange): Uint8Array {
  return BlockRange.encode({ first: toLong(range.first), next: toLong(range.next) }).finish()
}

/** @throws DecodeError `MALFORMED`, `OUT_OF_RANGE` when the range ends before it begins. */
export function decodeBlockRange(bytes: Uint8Array): AnnouncedRange {
  const message = decode(BlockRange, bytes)
  const range = { first: fromLong(message.first), next: fromLong(message.next) }
  if (range.next < range.first)
    throw new DecodeError('OUT_OF_RANGE', 'a range that ends before it begins')
  return range
}

/** Bytes of a request for the block of that number. */
export function encodeGetBlockRequest(number: bigint): Uint8Array {
  return GetBlockRequest.encode({ number: toLong(number) }).finish()
}

/** @throws DecodeError */
export function decodeGetBlockRequest(bytes: Uint8Array): bigint {
  return fromLong(decode(GetBlockRequest, bytes).number)
}

/** Bytes of an answer: a block's canonical bytes, or undefined for "not here". */
export function encodeGetBlockResponse(block: Uint8Array | undefined): Uint8Array {
  return GetBlockResponse.encode(block ? { block } : {}).finish()
}

/** The block's bytes, a view of the frame. @throws DecodeError */
export function decodeGetBlockResponse(bytes: Uint8Array): Uint8Array | undefined {
  return decode(GetBlockResponse, bytes).block ?? undefined
}

/** Bytes of a batch of transactions. */
export function encodeTransactions(txs: readonly Uint8Array[]): Uint8Array {
  return Transactions.encode({ txs: [...txs] }).finish()
}

/** The transactions, each in memory of its own. @throws DecodeError */
export function decodeTransactions(bytes: Uint8Array): Uint8Array[] {
  return (decode(Transactions, bytes).txs ?? []).map(copyOf)
}
