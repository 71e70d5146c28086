import { DecodeError } from '@zkstack/crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeBlockRange,
  decodeGetBlockRequest,
  decodeGetBlockResponse,
  decodeHelloFrame,
  decodeTransactions,
  encodeBlockRange,
  encodeGetBlockRequest,
  encodeGetBlockResponse,
  encodeHelloFrame,
  encodeTransactions,
  type HelloStreamFrame,
} from '../../src/codec.js'

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
    expect(decodeGetBlockRequest(encodeGetBlockRequest(n))).toBe(n)
    expect(decodeBlockRange(encodeBlockRange({ first: n, next: n }))).toEqual({ first: n, next: n })
  },
)

test.each([-1n, 2n ** 64n])('number %s › encoded › is a RangeError', (n) => {
  expect(() => encodeGetBlockRequest(n)).toThrow(RangeError)
})

test('block range › it ends before it begins › is OUT_OF_RANGE', () => {
  const bytes = encodeBlockRange({ first: 5n, next: 4n })
  expect(() => decodeBlockRange(bytes)).toThrow(
    expect.objectContaining({ code: 'OUT_OF_RANGE' }) as Error,
  )
})

test('block answer › absent, empty and not empty › are told apart', () => {
  for (const block of [undefined, new Uint8Array(0), Uint8Array.of(1)]) {
    const decoded = decodeGetBlockResponse(encodeGetBlockResponse(block))
    expect(decoded && new Uint8Array(decoded)).toEqual(block)
  }
})

test('transactions › encoded and decoded › are the same, in memory of their own', () => {
  const txs = [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(1000).fill(7)]
  const bytes = encodeTransactions(txs)
  const decoded = decodeTransactions(bytes)
  bytes.fill(0)
  expect(decoded).toEqual(txs)
  expect(decoded.every((tx) => !Buffer.isBuffer(tx))).toBe(true)
})

test('decoders › any bytes › throw nothing but DecodeError', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const decoders = [
    decodeHelloFrame,
    decodeBlockRange,
    decodeGetBlockRequest,
    decodeGetBlockResponse,
    decodeTransactions,
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
