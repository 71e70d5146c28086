import { describe, expect, test } from 'vitest'
import type { SignatureScheme } from '../../../src/index.js'
import { schemeCompliance, standInScheme } from '../../../testing/index.js'

/** The stand-in with some methods replaced by faulty ones. */
function broken(faults: Partial<SignatureScheme>): SignatureScheme {
  return new Proxy(standInScheme, {
    get(target, property) {
      const fault: unknown = Reflect.get(faults, property)
      if (fault !== undefined) return fault
      const value: unknown = Reflect.get(target, property)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

async function failuresOf(scheme: SignatureScheme): Promise<number> {
  let failures = 0
  for (const { run } of schemeCompliance(scheme)) {
    try {
      await run()
    } catch {
      failures++
    }
  }
  return failures
}

describe('schemeCompliance', () => {
  test('a correct scheme › passes', async () => {
    expect(await failuresOf(broken({}))).toBe(0)
  })

  const faults: Record<string, Partial<SignatureScheme>> = {
    'accepts every signature': { verify: () => true },
    'accepts every aggregate': { verifyAggregate: () => true },
    'accepts every proof of possession': { verifyPossession: () => true },
    'has canonical signatures of any length': { isCanonicalSignature: () => true },
    'gives an aggregate of undecodable parts': { aggregate: () => new Uint8Array(8) },
    'refuses valid signatures': { verify: () => false },
    'imports keys without looking': { importPublicKey: (bytes) => ({ bytes }) },
    'uses a signature over the key as proof': {
      provePossession: (secret) => standInScheme.sign(secret, standInScheme.publicKey(secret)),
      verifyPossession: (key, proof) => standInScheme.verify(key, key.bytes, proof),
    },
  }
  test.each(Object.entries(faults))('a scheme that %s › fails', async (_, fault) => {
    expect(await failuresOf(broken(fault))).toBeGreaterThan(0)
  })
})
