import { seededRandom } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import { payloadPartBytes, payloadPartCount } from '@zkstack/roles'
import { expect, test } from 'vitest'
import {
  decodePartFrame,
  digestAt,
  encodePart,
  encodePartsHead,
  maxPartFrameBytes,
  TAKEN,
} from '../../src/parts/part-frame.js'

const digests = [1, 2, 3].map((n) => new Uint8Array(32).fill(n))
const head = {
  payloadBytes: 2 * payloadPartBytes + 1,
  digests,
  message: Uint8Array.of(7, 8, 9),
}

function codeOf(frame: Uint8Array): string {
  try {
    decodePartFrame(frame)
    return 'decoded'
  } catch (e) {
    if (e instanceof DecodeError) return e.code
    throw e
  }
}

test('part frames › encoded and decoded › are the same', () => {
  const decoded = decodePartFrame(encodePartsHead(head))
  if (decoded.kind !== 'head') throw new TypeError('no head')
  expect(decoded.head.payloadBytes).toBe(head.payloadBytes)
  expect([0, 1, 2].map((i) => digestAt(decoded.head, i))).toEqual(digests)
  expect(decoded.head.message).toEqual(head.message)
  const part = new Uint8Array(100).fill(5)
  expect(decodePartFrame(encodePart(part))).toEqual({ kind: 'part', part })
})

test('part frames › the largest of each kind › are within the limit, and not by much', () => {
  const limit = maxPartFrameBytes(head.payloadBytes, head.message.length)
  expect(encodePartsHead(head).length).toBeLessThanOrEqual(limit)
  expect(encodePart(new Uint8Array(payloadPartBytes)).length).toBeLessThanOrEqual(limit)
  expect(limit).toBeLessThan(payloadPartBytes + 100)
  const parts = payloadPartCount(256 << 20)
  expect(maxPartFrameBytes(256 << 20, 1_000)).toBe(5 + 32 * parts + 1_000)
})

test('part frames › empty, of another kind, cut off › are refused with a code', () => {
  expect(codeOf(TAKEN)).toBe('MALFORMED')
  expect(codeOf(Uint8Array.of(3, 1, 2))).toBe('MALFORMED')
  expect(codeOf(Uint8Array.of(1, 0, 0))).toBe('TRUNCATED')
  expect(codeOf(encodePartsHead(head).subarray(0, 100))).toBe('TRUNCATED')
})

test('part frames › a head that announces the largest length › is refused before memory is taken', () => {
  expect(codeOf(Uint8Array.of(1, 255, 255, 255, 255))).toBe('TRUNCATED')
})

test('part frames › noise › throws nothing but DecodeError', () => {
  const random = seededRandom(process.env['SEED'] ?? 'part frames')
  for (let i = 0; i < 2_000; i++) {
    const frame = random.bytes(Math.floor(random.float() * 200))
    if (frame.length > 0 && random.float() < 0.8) frame[0] = 1
    expect(codeOf(frame)).toBeTypeOf('string')
  }
})
