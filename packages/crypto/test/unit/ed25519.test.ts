import { ed25519 as nobleCurve } from '@noble/curves/ed25519.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ed25519, fromHex, keccak256, loadCryptoBackends, toHex } from '../../src/index.js'
import { oddEncodings, rfc8032Vectors, specCheckVectors } from '../../testing/index.js'

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)
const seed = process.env['SEED'] ?? '1'

/** The n-th block of pseudo-random bytes of this run. */
const random = (n: number): Uint8Array => keccak256(new TextEncoder().encode(`${seed}/${n}`))

const backends = ['noble', 'node'] as const

describe.each(backends)('ed25519 by %s', (backend) => {
  beforeAll(() => loadCryptoBackends({ ed25519: backend }))
  afterAll(() => loadCryptoBackends({ ed25519: 'node' }))

  test('reports its backend', () => {
    expect(ed25519.backend).toBe(backend)
  })

  test.each(rfc8032Vectors)('RFC 8032 › message 0x$message', (vector) => {
    const { publicKey, message, signature } = vector
    expect(toHex(ed25519.publicKey(bytes(vector.seed)))).toBe(publicKey)
    expect(toHex(ed25519.sign(bytes(vector.seed), bytes(message)))).toBe(signature)
    expect(ed25519.verify(bytes(publicKey), bytes(message), bytes(signature))).toBe(true)
  })

  test.each([...specCheckVectors, ...oddEncodings])(
    '$name › accepted: $valid',
    ({ publicKey, message, signature, valid }) => {
      expect(ed25519.verify(bytes(publicKey), bytes(message), bytes(signature))).toBe(valid)
    },
  )

  test('a key, signature or seed of the wrong length › refused', () => {
    const key = ed25519.publicKey(random(0))
    const signature = ed25519.sign(random(0), random(1))
    expect(ed25519.verify(key.subarray(1), random(1), signature)).toBe(false)
    expect(ed25519.verify(key, random(1), signature.subarray(1))).toBe(false)
    expect(ed25519.verify(new Uint8Array(0), random(1), new Uint8Array(0))).toBe(false)
    expect(ed25519.isPublicKey(key.subarray(1))).toBe(false)
    expect(() => ed25519.sign(new Uint8Array(31), random(1))).toThrow(RangeError)
    expect(() => ed25519.publicKey(new Uint8Array(33))).toThrow(RangeError)
  })

  test('a seed that its owner overwrites › signs with what it holds now', () => {
    const secret = Uint8Array.from(random(2))
    const before = ed25519.sign(secret, random(1))
    secret.set(random(3))
    const after = ed25519.sign(secret, random(1))
    expect(ed25519.verify(ed25519.publicKey(random(2)), random(1), before)).toBe(true)
    expect(ed25519.verify(ed25519.publicKey(random(3)), random(1), after)).toBe(true)
  })

  test('isPublicKey › canonical points of the curve that are not of small order', () => {
    expect(ed25519.isPublicKey(ed25519.publicKey(random(0)))).toBe(true)
    const refused = [...specCheckVectors.slice(0, 2), ...specCheckVectors.slice(10)]
    for (const { publicKey } of refused) expect(ed25519.isPublicKey(bytes(publicKey))).toBe(false)
    expect(ed25519.isPublicKey(bytes(`02${'00'.repeat(31)}`))).toBe(false)
  })
})

describe('ed25519 backends', () => {
  test(`random points with torsion, random scalars and flipped bits › same verdict, SEED=${seed}`, async () => {
    const { Point } = nobleCurve
    const torsion = Point.fromBytes(bytes(specCheckVectors[0]?.publicKey ?? ''))
    const cases = Array.from({ length: 60 }, (_, i) => {
      const secret = random(10 * i)
      const message = random(10 * i + 1)
      let key: Uint8Array = nobleCurve.getPublicKey(secret)
      const signature = nobleCurve.sign(message, secret)
      const choice = i % 6
      if (choice === 1) key = Point.fromBytes(key).add(torsion).toBytes()
      if (choice === 2)
        signature.set(Point.fromBytes(signature.slice(0, 32)).add(torsion).toBytes())
      if (choice === 3) signature.set(random(10 * i + 2))
      if (choice === 4) key = Uint8Array.from(random(10 * i + 3))
      const at = (random(10 * i + 4)[0] ?? 0) % 64
      if (choice === 5) signature[at] = (signature[at] ?? 0) ^ (1 << (i % 8))
      return { key, message, signature }
    })
    const verdicts: boolean[][] = []
    for (const backend of backends) {
      await loadCryptoBackends({ ed25519: backend })
      verdicts.push(cases.map((c) => ed25519.verify(c.key, c.message, c.signature)))
    }
    expect(verdicts[0]).toEqual(verdicts[1])
    expect(verdicts[0]?.filter((verdict) => verdict).length).toBeGreaterThanOrEqual(10)
  })
})
