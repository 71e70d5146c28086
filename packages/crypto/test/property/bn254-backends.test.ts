import { describe, expect, test } from 'vitest'
import {
  blsMinSig,
  bn254,
  bn254Order,
  concatBytes,
  keccak256,
  loadCryptoBackends,
  toHex,
  type Bn254,
  type Bn254G1,
} from '../../src/index.js'
import { bn254CompressedG1, bn254CompressedG2 } from '../../testing/vectors/bn254-vectors.js'
import { bytesOf } from '../../testing/compliance/case.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 1e9))
const rounds = 30

await loadCryptoBackends()
const noble = bn254.withBackend('noble') ?? bn254.current
const mcl = bn254.withBackend('mcl') ?? bn254.current

/** 32 pseudo-random bytes of this run. */
const random = (label: string): Uint8Array =>
  keccak256(new TextEncoder().encode(`${seed}/${label}`))

const scalar = (label: string): bigint => BigInt(`0x${toHex(random(label))}`) % bn254Order

/** Bytes with one bit flipped, two halves exchanged, a short x, or as they are. */
function mutate(bytes: Uint8Array, round: number): Uint8Array {
  const noise = random(`mutation ${round}`)
  const copy = Uint8Array.from(bytes)
  const at = (noise[0] ?? 0) % copy.length
  const half = copy.length / 2
  switch (round % 4) {
    case 1:
      copy[at] = (copy[at] ?? 0) ^ (1 << ((noise[1] ?? 0) & 7))
      break
    case 2:
      return concatBytes(copy.subarray(half), copy.subarray(0, half))
    case 3:
      copy.set(noise.subarray(0, 31), 1)
      copy[0] = 0x80 | ((noise[31] ?? 0) & 0x7f)
      break
  }
  return copy
}

/** What each decoder of a backend makes of the same bytes. */
function decoded(backend: Bn254, round: number): string[] {
  const g1 = bn254CompressedG1[round % bn254CompressedG1.length]
  const g2 = bn254CompressedG2[round % bn254CompressedG2.length]
  return [
    backend.decompressG1(mutate(bytesOf(g1?.compressed ?? ''), round)),
    backend.decodeG1(mutate(bytesOf(g1?.point ?? ''), round)),
    backend.decompressG2(mutate(bytesOf(g2?.compressed ?? ''), round)),
    backend.decodeG2(mutate(bytesOf(g2?.point ?? ''), round)),
  ].map((point) => (point === undefined ? 'none' : toHex(point)))
}

describe(`bn254, SEED=${seed}`, () => {
  test('mutated points › mcl decodes what noble decodes', () => {
    for (let round = 0; round < rounds; round++) {
      expect(decoded(mcl, round), `round ${round}`).toEqual(decoded(noble, round))
    }
  })

  test('random sums › equal, and e(aP, Q)·e(bP, Q)·e(−(a+b)P, Q) = 1 by both, with BLS12-381 in between', () => {
    const point = noble.decodeG1(bytesOf(bn254CompressedG1[0]?.point ?? '')) as Bn254G1
    const q = noble.decodeG2(bytesOf(bn254CompressedG2[0]?.point ?? ''))
    if (q === undefined) throw new Error('the point is valid')
    const bls = blsMinSig.withBackend('mcl') ?? blsMinSig.current
    const secret = new Uint8Array(32).fill(7)
    const key = bls.importPublicKey(bls.publicKey(secret))
    if (key === undefined) throw new Error('the key is valid')
    for (let round = 0; round < 6; round++) {
      const [a, b] = [scalar(`a${round}`), scalar(`b${round}`)]
      const message = random(`message ${round}`)
      const signature = bls.sign(secret, message)
      const factors = [a, b, (2n * bn254Order - a - b) % bn254Order].map((factor) => {
        const terms = [{ point, scalar: factor }]
        const g1 = mcl.multiplySum(terms)
        expect(bls.verify(key, message, signature)).toBe(true)
        expect(toHex(g1)).toBe(toHex(noble.multiplySum(terms)))
        return { g1, g2: q }
      })
      for (const backend of [mcl, noble]) {
        expect(backend.pairingProductIsOne(factors)).toBe(true)
        expect(bls.verify(key, random('other'), signature)).toBe(false)
        expect(backend.pairingProductIsOne(factors.slice(1))).toBe(false)
      }
    }
  })

  test('lines prepared by one backend › serve the other', () => {
    const [g1 = ''] = [bn254CompressedG1[0]?.point]
    const point = noble.decodeG1(bytesOf(g1)) as Bn254G1
    const q = mcl.decodeG2(bytesOf(bn254CompressedG2[0]?.point ?? ''))
    if (q === undefined) throw new Error('the point is valid')
    for (const [maker, user] of [
      [noble, mcl],
      [mcl, noble],
    ] as const) {
      const lines = maker.prepare(q)
      const pairs = [
        { g1: point, g2: lines },
        { g1: user.negate(point), g2: q },
      ]
      expect(user.pairingProductIsOne(pairs)).toBe(true)
    }
  })
})
