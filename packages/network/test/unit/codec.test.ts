import { bytesEqual, concatBytes, DecodeError } from '@zkstack/crypto'
import fc from 'fast-check'
import Long from 'long'
import { expect, test } from 'vitest'
import {
  decodeBlockRange,
  decodeGetBlocksRequest,
  decodeGetBlocksResponse,
  decodeGetEpochRequest,
  decodeGetEpochResponse,
  decodeHelloFrame,
  decodePeers,
  decodePeersRequest,
  decodeTransactions,
  decodeValidatorAddresses,
  encodeBlockRange,
  encodeGetBlocksRequest,
  encodeGetBlocksResponse,
  encodeGetEpochRequest,
  encodeGetEpochResponse,
  encodeHelloFrame,
  encodeTransactions,
  type HelloStreamFrame,
} from '../../src/codec.js'
import { zkstack } from '../../src/proto/generated.js'

const hello = {
  protocolVersion: 1,
  genesisHash: new Uint8Array(32).fill(1),
  nonce: new Uint8Array(32).fill(2),
  validatorKey: undefined,
  buildVersion: undefined,
  chainHead: 0n,
}
const frames: HelloStreamFrame[] = [
  { kind: 'hello', hello },
  {
    kind: 'hello',
    hello: {
      ...hello,
      validatorKey: Uint8Array.of(3),
      buildVersion: '1.0',
      chainHead: 2n ** 64n - 1n,
    },
  },
  { kind: 'auth', signature: undefined },
  { kind: 'auth', signature: Uint8Array.of(4) },
  { kind: 'accept' },
  { kind: 'goodbye', code: 1, text: 'why' },
]

test.each(frames)('hello frame %# › encoded and decoded › is the same', (frame) => {
  expect(decodeHelloFrame(encodeHelloFrame(frame))).toEqual(frame)
})

test.each([0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n])(
  'number %s › encoded and decoded › is the same',
  (n) => {
    const request = { first: n, count: 64 }
    expect(decodeGetBlocksRequest(encodeGetBlocksRequest(request))).toEqual(request)
    expect(decodeBlockRange(encodeBlockRange({ first: n, next: n }))).toEqual({ first: n, next: n })
  },
)

test.each([-1n, 2n ** 64n])('number %s › encoded › is a RangeError', (n) => {
  expect(() => encodeGetBlocksRequest({ first: n, count: 1 })).toThrow(RangeError)
})

test('block range › it ends before it begins › is OUT_OF_RANGE', () => {
  const bytes = encodeBlockRange({ first: 5n, next: 4n })
  expect(() => decodeBlockRange(bytes)).toThrow(
    expect.objectContaining({ code: 'OUT_OF_RANGE' }) as Error,
  )
})

test('block answer › none, empty ones and others › are told apart', () => {
  const range = { first: 5n, next: 2n ** 64n - 1n }
  for (const blocks of [[], [new Uint8Array(0)], [Uint8Array.of(1), Uint8Array.of(2, 3)]]) {
    const decoded = decodeGetBlocksResponse(
      concatBytes(...encodeGetBlocksResponse({ blocks: blocks.map((block) => [block]), range })),
    )
    expect(decoded.blocks.map((block) => new Uint8Array(block))).toEqual(blocks)
    expect(decoded.range).toEqual(range)
  }
})

test('block answer › with blocks in pieces › has the bytes that protobuf gives', () => {
  const range = { first: 1n, next: 300n }
  const wire = { first: Long.fromNumber(1, true), next: Long.fromNumber(300, true) }
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 64_000]) {
    const block = new Uint8Array(length).fill(length)
    const pieces = [block.subarray(0, 3), block.subarray(3), new Uint8Array(0)]
    for (const rest of [{}, { large: 70_000, more: true }]) {
      const expected = zkstack.network.GetBlocksResponse.encode({
        blocks: [block, block],
        range: wire,
        ...rest,
      }).finish()
      const encoded = concatBytes(
        ...encodeGetBlocksResponse({ blocks: [pieces, [block]], range, ...rest }),
      )
      expect(bytesEqual(encoded, new Uint8Array(expected))).toBe(true)
    }
  }
})

test('block answer › with a long piece between short ones › is in three pieces, of which that one is not copied', () => {
  const [head, payload, end] = [3, 20_000, 5].map((length) => new Uint8Array(length).fill(length))
  const blocks = [[head, payload, end].filter((piece) => piece !== undefined)]
  const pieces = encodeGetBlocksResponse({ blocks, range: { first: 0n, next: 1n } })
  expect(pieces).toHaveLength(3)
  expect(pieces[1]).toBe(payload)
})

test('block answer › without a range, and a request for no block › are refused', () => {
  expect(() => decodeGetBlocksResponse(new Uint8Array(0))).toThrow(DecodeError)
  const none = encodeGetBlocksRequest({ first: 1n, count: 0 })
  expect(() => decodeGetBlocksRequest(none)).toThrow(DecodeError)
})

test('certificates of epochs › requests and answers, also those without one › are the same afterwards', () => {
  for (const epoch of [0n, 7n, 2n ** 64n - 1n])
    expect(decodeGetEpochRequest(encodeGetEpochRequest(epoch))).toBe(epoch)
  for (const certificate of [undefined, Uint8Array.of(1, 2, 3)]) {
    const decoded = decodeGetEpochResponse(encodeGetEpochResponse(certificate))
    expect(decoded && new Uint8Array(decoded)).toEqual(certificate)
  }
})

test('transactions › encoded and decoded › are the same', () => {
  const txs = [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(1000).fill(7)]
  const decoded = decodeTransactions(encodeTransactions(txs))
  expect(decoded.map((tx) => new Uint8Array(tx))).toEqual(txs)
})

test('decoders › any bytes › throw nothing but DecodeError', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const decoders = [
    decodeHelloFrame,
    decodeBlockRange,
    decodeGetBlocksRequest,
    decodeGetBlocksResponse,
    decodeTransactions,
    decodePeersRequest,
    decodePeers,
    decodeValidatorAddresses,
    decodeGetEpochRequest,
    decodeGetEpochResponse,
  ]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      for (const decode of decoders) {
        try {
          decode(bytes)
        } catch (e) {
          expect(e).toBeInstanceOf(DecodeError)
        }
      }
    }),
    { seed, numRuns: 2_000 },
  )
})
