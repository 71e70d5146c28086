import { seededRandom } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import { payloadPartBytes, payloadPartCount } from '@zkstack/roles'
import { expect, test } from 'vitest'
import {
  decodePartsHead,
  digestAt,
  encodePartsHead,
  maxPartFrameBytes,
} from '../../src/parts/part-frame.js'

const digests = [1, 2, 3].map((n) => new Uint8Array(32).fill(n))
const head = {
  payloadBytes: 2 * payloadPartBytes + 1,
  digests,
  message: Uint8Array.of(7, 8, 9),
}

function codeOf(frame: Uint8Array): string {
  try {
    decodePartsHead(frame)
    return 'decoded'
  } catch (e) {
    if (e instanceof DecodeError) return e.code
    throw e
  }
}

test('part frames › encoded and decoded › are the same', () => {
  const decoded = decodePartsHead(encodePartsHead(head))
  expect(decoded.payloadBytes).toBe(head.payloadBytes)
  expect([0, 1, 2].map((i) => digestAt(decoded, i))).toEqual(digests)
  expect(decoded.message).toEqual(head.message)
})

test('part frames › the largest of each kind › are within the limit, and not by much', () => {
  const limit = maxPartFrameBytes(head.payloadBytes, head.message.length)
  expect(encodePartsHead(head).length).toBeLessThanOrEqual(limit)
  expect(limit).toBeGreaterThanOrEqual(payloadPartBytes)
  expect(limit).toBeLessThan(payloadPartBytes + 100)
  const parts = payloadPartCount(256 << 20)
  expect(maxPartFrameBytes(256 << 20, 1_000)).toBe(4 + 32 * parts + 1_000)
})

test('part frames › a head that is cut off › is refused with a code', () => {
  expect(codeOf(new Uint8Array(0))).toBe('TRUNCATED')
  expect(codeOf(Uint8Array.of(0, 0, 0))).toBe('TRUNCATED')
  expect(codeOf(encodePartsHead(head).subarray(0, 99))).toBe('TRUNCATED')
})

test('part frames › a head that announces the largest length › is refused before memory is taken', () => {
  expect(codeOf(Uint8Array.of(255, 255, 255, 255))).toBe('TRUNCATED')
})

test('part frames › noise › throws nothing but DecodeError', () => {
  const random = seededRandom(process.env['SEED'] ?? 'part frames')
  for (let i = 0; i < 2_000; i++) {
    const frame = random.bytes(Math.floor(random.float() * 200))
    if (random.float() < 0.8) frame.fill(0, 0, 3)
    expect(codeOf(frame)).toBeTypeOf('string')
  }
})
