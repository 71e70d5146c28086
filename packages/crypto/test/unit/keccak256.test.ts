import { keccak_256 } from '@noble/hashes/sha3.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadHashWasm } from '../../src/hash-wasm.js'
import {
  concatBytes,
  fromHex,
  hashBackend,
  keccak256,
  keccakStream,
  loadCryptoBackends,
  toHex,
} from '../../src/index.js'

const golden: [string, string][] = [
  ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
  ['123456', '6adf031833174bbe4c85eafe59ddb54e6584648c2c962c6f94791ab49caa0ad4'],
  ['74657374696e67', '5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02'],
]

/** Pseudo-random bytes, the same in every run. */
function pattern(length: number): Uint8Array {
  let state = length + 1
  return Uint8Array.from({ length }, () => (state = (state * 75 + 74) % 65537) & 0xff)
}

describe.each(['noble', 'hash-wasm'] as const)('keccak256 by %s', (backend) => {
  beforeAll(() => loadCryptoBackends({ hash: backend }))
  afterAll(() => loadCryptoBackends({ hash: 'hash-wasm' }))

  test('reports its backend', () => {
    expect(hashBackend()).toBe(backend)
  })

  test.each(golden)('of 0x%s › the known hash', (input, hash) => {
    expect(toHex(keccak256(fromHex(input) ?? new Uint8Array(1)))).toBe(hash)
  })

  test('of several parts › the hash of their concatenation', () => {
    const parts = [pattern(0), pattern(1), pattern(135), pattern(136), pattern(137), pattern(500)]
    expect(keccak256(...parts)).toEqual(keccak256(concatBytes(...parts)))
    expect(keccak256()).toEqual(keccak256(new Uint8Array(0)))
  })

  test('of two parts, of 32 bytes each or of other lengths › the hash of their concatenation', () => {
    for (const [left, right] of [
      [32, 32],
      [31, 33],
      [32, 31],
      [0, 32],
    ] as const) {
      const [a, b] = [pattern(left), pattern(right + 1).subarray(1)]
      expect(toHex(keccak256(a, b))).toBe(toHex(keccak_256(concatBytes(a, b))))
    }
  })

  test('at the borders of blocks and of the internal buffer › equals noble', () => {
    for (const length of [1, 31, 32, 135, 136, 137, 271, 272, 273, 16383, 16384, 16385, 65537]) {
      const input = pattern(length)
      expect(toHex(keccak256(input)), `${length} bytes`).toBe(toHex(keccak_256(input)))
    }
  })

  test('of a view into a larger buffer › hashes the view alone', () => {
    const buffer = pattern(300)
    const view = buffer.subarray(100, 164)
    expect(keccak256(view)).toEqual(keccak256(view.slice()))
  })

  test('streams that run beside each other and beside digests › each give the hash of their own bytes', () => {
    const inputs = [pattern(1), pattern(50_000), pattern(70_000)]
    const streams = inputs.map(() => keccakStream())
    for (let at = 0; at < 70_000; at += 7_777) {
      for (const [i, stream] of streams.entries()) {
        stream.update((inputs[i] ?? pattern(0)).subarray(at, at + 7_777))
        keccak256(pattern(3))
      }
    }
    expect(streams.map((stream) => toHex(stream.digest()))).toEqual(
      inputs.map((input) => toHex(keccak_256(input))),
    )
  })

  test('a stream asked for its digest on the way › gives that of what came so far, and goes on', () => {
    const stream = keccakStream()
    expect(toHex(stream.digest())).toBe(golden[0]?.[1])
    const input = pattern(1_000)
    for (const [start, end] of [
      [0, 100],
      [100, 136],
      [136, 136],
      [136, 1_000],
    ] as const) {
      stream.update(input.subarray(start, end))
      expect(toHex(stream.digest())).toBe(toHex(keccak_256(input.subarray(0, end))))
    }
  })

  test('results › stay unchanged by later hashes', () => {
    const first = keccak256(pattern(10))
    const copy = first.slice()
    for (let i = 0; i < 10; i++) keccak256(pattern(i))
    expect(first).toEqual(copy)
  })
})

describe('the shared WebAssembly instance', () => {
  test('a digest that fails halfway › leaves the next one right', async () => {
    const { digest } = await loadHashWasm()
    const notBytes = undefined as unknown as Uint8Array
    expect(() => digest([pattern(10), notBytes])).toThrow()
    expect(toHex(digest([]))).toBe(golden[0]?.[1])
  })
})
