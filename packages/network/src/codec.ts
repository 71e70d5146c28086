import { errorOf } from '@zkstack/concurrency'
import { concatBytes, DecodeError } from '@zkstack/crypto'
import { decodeNetAddress, encodeNetAddress, type SocketAddress } from '@zkstack/roles'
import Long from 'long'
import type { ValidatorAddress } from './addresses/validator-address.js'
import type { PeerAddress } from './peers/peer-table.js'
import { zkstack } from './proto/generated.js'

const {
  HelloFrame,
  BlockRange,
  GetBlocksRequest,
  GetBlocksResponse,
  Transactions,
  PeersRequest,
  Peers,
  ValidatorAddresses,
  GetEpochRequest,
  GetEpochResponse,
} = zkstack.network

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
  return BlockRange.encode(wireRange(range)).finish()
}

/** @throws DecodeError `MALFORMED`, `OUT_OF_RANGE` when the range ends before it begins. */
export function decodeBlockRange(bytes: Uint8Array): AnnouncedRange {
  return rangeOf(decode(BlockRange, bytes))
}

/** A request for `count` blocks from `first` on. */
export interface GetBlocksRequest {
  readonly first: bigint
  /** At least 1. */
  readonly count: number
}

/** Bytes of a request. */
export function encodeGetBlocksRequest({ first, count }: GetBlocksRequest): Uint8Array {
  return GetBlocksRequest.encode({ first: toLong(first), count }).finish()
}

/** @throws DecodeError `MALFORMED`, `OUT_OF_RANGE` for a count of 0. */
export function decodeGetBlocksRequest(bytes: Uint8Array): GetBlocksRequest {
  const { first, count } = decode(GetBlocksRequest, bytes)
  if (!count) throw new DecodeError('OUT_OF_RANGE', 'a request for no block')
  return { first: fromLong(first), count }
}

/** An answer or a part of it: canonical bytes of blocks, from the first one asked for on, and what the sender has now. */
export interface GetBlocksResponse {
  readonly blocks: readonly Uint8Array[]
  readonly range: AnnouncedRange
  /** Bytes of one more block, which comes next, in parts. Default 0: none. */
  readonly large?: number
  /** Whether another response follows. Default false. */
  readonly more?: boolean
}

/** {@link GetBlocksResponse} with blocks that are not in one piece. */
export interface PiecedBlocksResponse extends Omit<GetBlocksResponse, 'blocks'> {
  readonly blocks: readonly (readonly Uint8Array[])[]
}

/** Key of the field of blocks, which is the first one: number 1, bytes. */
const BLOCKS_KEY = 0x0a

/** Bytes of an answer, in pieces: what is long in a block is not copied. */
export function encodeGetBlocksResponse(response: PiecedBlocksResponse): Uint8Array[] {
  const { blocks, range, large = 0, more = false } = response
  const pieces: Uint8Array[] = []
  for (const block of blocks) {
    const length = block.reduce((sum, piece) => sum + piece.length, 0)
    pieces.push(encodeFieldHead(BLOCKS_KEY, length), ...block)
  }
  const rest = GetBlocksResponse.encode({
    range: wireRange(range),
    ...(large > 0 && { large }),
    ...(more && { more }),
  }).finish()
  return joinShort([...pieces, rest])
}

/** Pieces that are shorter cost more to send than to copy. */
const LONG_PIECE_BYTES = 8 * 1024

/** The same bytes, with short pieces joined where they are next to each other. */
function joinShort(pieces: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = []
  let short: Uint8Array[] = []
  const join = (): void => {
    if (short.length > 0) joined.push(concatBytes(...short))
    short = []
  }
  for (const piece of pieces) {
    if (piece.length < LONG_PIECE_BYTES) {
      short.push(piece)
      continue
    }
    join()
    joined.push(piece)
  }
  join()
  return joined
}

/** The key of a field of bytes and their number, a varint. */
function encodeFieldHead(key: number, length: number): Uint8Array {
  const head = [key]
  let left = length
  for (; left > 0x7f; left >>>= 7) head.push((left & 0x7f) | 0x80)
  head.push(left)
  return Uint8Array.from(head)
}

/** The response; its blocks are views of the frame. @throws DecodeError */
export function decodeGetBlocksResponse(bytes: Uint8Array): Required<GetBlocksResponse> {
  const { blocks, range, large, more } = decode(GetBlocksResponse, bytes)
  if (!range) throw new DecodeError('MISSING_FIELD', 'an answer without a range')
  return { blocks: blocks ?? [], range: rangeOf(range), large: large ?? 0, more: more ?? false }
}

function wireRange(range: AnnouncedRange): { first: Long; next: Long } {
  return { first: toLong(range.first), next: toLong(range.next) }
}

function rangeOf(message: {
  first?: Long | number | null
  next?: Long | number | null
}): AnnouncedRange {
  const range = { first: fromLong(message.first), next: fromLong(message.next) }
  if (range.next < range.first)
    throw new DecodeError('OUT_OF_RANGE', 'a range that ends before it begins')
  return range
}

/** Bytes of a batch of transactions. */
export function encodeTransactions(txs: readonly Uint8Array[]): Uint8Array {
  return Transactions.encode({ txs: [...txs] }).finish()
}

/** The transactions, as views of the frame. @throws DecodeError */
export function decodeTransactions(bytes: Uint8Array): readonly Uint8Array[] {
  return decode(Transactions, bytes).txs ?? []
}

/** A question for peers, with where its sender can be dialled. */
export interface PeersQuestion {
  /** 0: nowhere. */
  readonly port: number
  /** 4 or 16 bytes; undefined: where the receiver sees the sender. */
  readonly ip: Uint8Array | undefined
}

/** Bytes of a question for peers. */
export function encodePeersRequest({ port, ip }: PeersQuestion): Uint8Array {
  return PeersRequest.encode({ port, ...(ip && { ip }) }).finish()
}

/** @throws DecodeError */
export function decodePeersRequest(bytes: Uint8Array): PeersQuestion {
  const { port, ip } = decode(PeersRequest, bytes)
  return {
    port: checkedPort(port),
    ip: ip && ip.length > 0 ? checkedIp(ip) : undefined,
  }
}

/** Bytes of an answer. */
export function encodePeers(peers: readonly PeerAddress[]): Uint8Array {
  return Peers.encode({
    peers: peers.map(({ key, addr: { ip, port } }) => ({ key, ip, port })),
  }).finish()
}

/** @throws DecodeError */
export function decodePeers(bytes: Uint8Array): PeerAddress[] {
  return (decode(Peers, bytes).peers ?? []).map(({ key, ip, port }) => ({
    key: checkedNodeKey(key),
    addr: { ip: checkedIp(ip), port: checkedPort(port) },
  }))
}

/** Bytes of a list of validator addresses. */
export function encodeValidatorAddresses(addresses: readonly ValidatorAddress[]): Uint8Array {
  return ValidatorAddresses.encode({
    addresses: addresses.map((a) => ({ ...a, address: encodeNetAddress(a.address) })),
  }).finish()
}

/** @throws DecodeError */
export function decodeValidatorAddresses(bytes: Uint8Array): ValidatorAddress[] {
  return (decode(ValidatorAddresses, bytes).addresses ?? []).map((a) => ({
    validatorKey: copyOf(a.validatorKey),
    nodeKey: checkedNodeKey(a.nodeKey),
    address: decodeNetAddress(copyOf(a.address)),
    signature: copyOf(a.signature),
  }))
}

/** Bytes of a request for the certificate of an epoch. */
export function encodeGetEpochRequest(epoch: bigint): Uint8Array {
  return GetEpochRequest.encode({ epoch: toLong(epoch) }).finish()
}

/** The epoch that is asked for. @throws DecodeError */
export function decodeGetEpochRequest(bytes: Uint8Array): bigint {
  return fromLong(decode(GetEpochRequest, bytes).epoch)
}

/** Bytes of an answer: canonical bytes of the certificate; undefined: there is none. */
export function encodeGetEpochResponse(certificate: Uint8Array | undefined): Uint8Array {
  return GetEpochResponse.encode(certificate ? { certificate } : {}).finish()
}

/** The certificate's bytes, a view of the frame. @throws DecodeError */
export function decodeGetEpochResponse(bytes: Uint8Array): Uint8Array | undefined {
  return decode(GetEpochResponse, bytes).certificate ?? undefined
}

function checkedNodeKey(key: Uint8Array | null | undefined): Uint8Array {
  if (key?.length !== 32) throw new DecodeError('BAD_LENGTH', 'a node key has 32 bytes')
  return copyOf(key)
}

function checkedIp(ip: Uint8Array | null | undefined): SocketAddress['ip'] {
  if (ip?.length !== 4 && ip?.length !== 16)
    throw new DecodeError('BAD_LENGTH', 'an IP address has 4 or 16 bytes')
  return copyOf(ip)
}

function checkedPort(port: number | null | undefined): number {
  if ((port ?? 0) > 0xffff) throw new DecodeError('OUT_OF_RANGE', 'a port above 65535')
  return port ?? 0
}
