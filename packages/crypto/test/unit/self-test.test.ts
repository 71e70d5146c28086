import { describe, expect, test } from 'vitest'
import { blsMinSig, bn254, type Bn254 } from '../../src/index.js'
import { nobleKeccak256 } from '../../src/keccak256.js'
import { bn254Passes, hashPasses, schemePasses } from '../../src/self-test.js'
import type { SignatureScheme } from '../../src/signature-scheme.js'

const oracle = blsMinSig.current

/** The oracle with one method replaced. */
function faulty(fault: Partial<SignatureScheme>): SignatureScheme {
  return {
    ...fault,
    secretKeyBytes: 32,
    sign: fault.sign ?? ((secret, message) => oracle.sign(secret, message)),
    verify: fault.verify ?? ((key, message, signature) => oracle.verify(key, message, signature)),
    publicKey: fault.publicKey ?? ((secret) => oracle.publicKey(secret)),
    importPublicKey: (bytes: Uint8Array) => oracle.importPublicKey(bytes),
  } as unknown as SignatureScheme
}

describe('the self-test of a loaded backend', () => {
  test('a backend equal to the oracle › passes', () => {
    expect(schemePasses(faulty({}), oracle)).toBe(true)
    expect(hashPasses(nobleKeccak256)).toBe(true)
  })

  test.each([
    [
      'signs otherwise',
      { sign: () => oracle.sign(new Uint8Array(32).fill(1), new Uint8Array(32)) },
    ],
    ['has other keys', { publicKey: () => oracle.publicKey(new Uint8Array(32).fill(1)) }],
    ['accepts everything', { verify: () => true }],
    ['accepts nothing', { verify: () => false }],
  ])('a backend that %s › fails', (_, fault) => {
    expect(schemePasses(faulty(fault), oracle)).toBe(false)
  })

  test.each<[string, Partial<Bn254>]>([
    ['is the oracle', {}],
    ['finds every product to be one', { pairingProductIsOne: () => true }],
    ['finds no product to be one', { pairingProductIsOne: () => false }],
    [
      'multiplies otherwise',
      { multiplySum: (terms) => bn254.current.multiplySum([...terms, ...terms]) },
    ],
    ['decodes nothing', { decodeG2: () => undefined }],
  ])('a backend of BN254 that %s', (what, fault) => {
    const backend = { ...bn254.current, ...fault }
    expect(bn254Passes(backend, bn254.current)).toBe(what === 'is the oracle')
  })

  test('a hash that keeps bytes of the stream before › fails', () => {
    const seen: Uint8Array[] = []
    const leaky = {
      backend: 'hash-wasm' as const,
      digest(parts: readonly Uint8Array[]) {
        seen.push(...parts)
        return nobleKeccak256.digest(seen)
      },
      stream: () => nobleKeccak256.stream(),
    }
    expect(hashPasses(leaky)).toBe(false)
  })

  test('a hash whose streams forget what came before › fails', () => {
    const forgetful = {
      ...nobleKeccak256,
      stream() {
        let stream = nobleKeccak256.stream()
        return {
          update(bytes: Uint8Array) {
            stream = nobleKeccak256.stream()
            stream.update(bytes)
          },
          digest: () => stream.digest(),
        }
      },
    }
    expect(hashPasses(forgetful)).toBe(false)
  })
})
