import { bn254 } from '@noble/curves/bn254.js'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import * as publicMcl from 'mcl-wasm'
import { describe, expect, test } from 'vitest'
import { BlsScheme } from '../../src/bls/bls-scheme.js'
import { MclArithmetic } from '../../src/bls/mcl-arithmetic.js'
import { loadMcl, mclCurves, type MclInstance } from '../../src/mcl-instance.js'
import { generatorG1, generatorG2 } from '../../src/bn254/generators.js'
import { MclBn254 } from '../../src/bn254/mcl.js'
import { mclMinSig } from '../../src/bls/mcl.js'
import { minSigVariant } from '../../src/bls/variants.js'
import { blsMinSig, keccak256, loadCryptoBackends, toHex } from '../../src/index.js'
import type { SignatureScheme } from '../../src/index.js'

const secretOf = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const messageOf = (n: number): Uint8Array => keccak256(Uint8Array.of(n, n >> 8))

async function freshScheme(): Promise<{ mcl: MclInstance; scheme: SignatureScheme }> {
  const mcl = await loadMcl(mclCurves.bls12381)
  return { mcl, scheme: new BlsScheme(minSigVariant, mclMinSig(new MclArithmetic(mcl))) }
}

function importKey(scheme: SignatureScheme, secret: Uint8Array) {
  const key = scheme.importPublicKey(scheme.publicKey(secret))
  if (key === undefined) throw new Error('the key is valid')
  return key
}

/** e(aP, bQ) = e(P, Q)^(ab) on whatever curve the public instance is set to. */
function publicPairingHolds(): boolean {
  const p = publicMcl.hashAndMapToG1('p')
  const q = publicMcl.hashAndMapToG2('q')
  const two = new publicMcl.Fr()
  two.setInt(2)
  const left = publicMcl.pairing(publicMcl.mul(p, two), q)
  return left.isEqual(publicMcl.pairing(p, publicMcl.mul(q, two)))
}

describe('the private instances of mcl', () => {
  test('a user initialises the public package with another curve, again and again › still right', async () => {
    await loadCryptoBackends({ blsMinSig: 'mcl' })
    const scheme = blsMinSig.current
    const key = importKey(scheme, secretOf(1))
    const signature = scheme.sign(secretOf(1), messageOf(0))
    for (const curve of [publicMcl.BN_SNARK1, publicMcl.BN254, publicMcl.BLS12_381]) {
      await publicMcl.init(curve)
      expect(publicPairingHolds()).toBe(true)
      expect(scheme.verify(key, messageOf(0), signature)).toBe(true)
      expect(scheme.verify(key, messageOf(1), signature)).toBe(false)
      expect(publicPairingHolds()).toBe(true)
    }
  })

  test('an instance for BN254 beside the one for BLS12-381 › each computes on its own curve', async () => {
    const { scheme } = await freshScheme()
    const bn = await loadMcl(mclCurves.bn254)
    const address = bn.reserve(256)
    const point = bn.reserve(288)
    const key = importKey(scheme, secretOf(1))
    let sum = bn254.G1.Point.BASE
    // The generator (1, 2): x in 32 little-endian bytes, the top bit saying that y is even.
    const generator = new Uint8Array(32)
    generator[0] = 1
    bn.write(address, generator)
    expect(bn.call._mclBnG1_deserialize(point, address, 32)).toBe(32)
    bn.write(point + 144, bn.read(point, 144))
    for (let i = 0; i < 5; i++) {
      bn.call._mclBnG1_add(point, point, point + 144)
      sum = sum.add(bn254.G1.Point.BASE)
      expect(bn.call._mclBnG1_serialize(address, 64, point)).toBe(32)
      const x = bn.read(address, 32).reverse()
      x[0] = (x[0] ?? 0) & 0x7f
      expect(toHex(x)).toBe(sum.toAffine().x.toString(16).padStart(64, '0'))
      const signature = scheme.sign(secretOf(1), messageOf(i))
      expect(scheme.verify(key, messageOf(i), signature)).toBe(true)
    }
  })

  test('5000 operations › the memory of the instance does not grow', async () => {
    const { mcl, scheme } = await freshScheme()
    const keys = [1, 2, 3].map((n) => importKey(scheme, secretOf(n)))
    const parts = [1, 2, 3].map((n, index) => ({
      index,
      signature: scheme.sign(secretOf(n), messageOf(0)),
    }))
    const aggregate = scheme.aggregate(parts)
    if (aggregate === undefined) throw new Error('the parts decode')
    const claims = keys.map((key, index) => ({ index, key, message: messageOf(0) }))
    const before = mcl.memoryBytes
    let operations = 0
    while (operations < 5000) {
      expect(scheme.aggregate(parts)).toEqual(aggregate)
      scheme.extendAggregate(aggregate, 0, messageOf(operations))
      scheme.keysSumToInfinity(keys)
      scheme.importPublicKey(new Uint8Array(96).fill(0x8f))
      operations += 4
      if (operations % 40 === 0) {
        expect(scheme.verifyAggregate(claims, aggregate)).toBe(true)
        importKey(scheme, secretOf((operations % 100) + 1))
        scheme.sign(secretOf(4), new Uint8Array(operations))
        operations += 4
      }
    }
    expect(mcl.memoryBytes).toBe(before)
  })

  test('hundreds of sums and pairings of BN254 › the memory of the instance does not grow', async () => {
    const mcl = await loadMcl(mclCurves.bn254)
    const backend = new MclBn254(mcl)
    const point = backend.decodeG1(generatorG1)
    const g2 = backend.decodeG2(generatorG2)
    if (point === undefined || g2 === undefined) throw new Error('the generators are valid')
    const terms = Array.from({ length: 20 }, (_, i) => ({ point, scalar: BigInt(i) << 200n }))
    const before = mcl.memoryBytes
    for (let i = 0; i < 300; i++) {
      const g1 = backend.multiplySum(terms)
      const pairs = [g1, backend.negate(g1)].map((each) => ({ g1: each, g2 }))
      expect(backend.pairingProductIsOne(pairs)).toBe(true)
      backend.decodeG1(new Uint8Array(64).fill(i))
      backend.decompressG2(new Uint8Array(64).fill(0x80 | (i & 0x1f)))
    }
    expect(mcl.memoryBytes).toBe(before)
  })

  test('hashing to either group › equals noble for messages of any length', async () => {
    const mcl = new MclArithmetic(await loadMcl(mclCurves.bls12381))
    for (const length of [0, 1, 31, 32, 33, 96, 1023, 1024, 1025, 5000]) {
      const message = new Uint8Array(length).fill(length)
      const options = { DST: minSigVariant.signatureDomain }
      const g1 = mcl.encode(mcl.g1, mcl.hash(mcl.g1, message, options.DST))
      expect(toHex(g1)).toBe(bls12_381.G1.hashToCurve(message, options).toHex())
      const g2 = mcl.encode(mcl.g2, mcl.hash(mcl.g2, message, options.DST))
      expect(toHex(g2)).toBe(bls12_381.G2.hashToCurve(message, options).toHex())
    }
  })
})
