import { describe, expect, test } from 'vitest'
import { bn254, loadCryptoBackends, type Bn254 } from '../../../src/index.js'
import { bn254Compliance } from '../../../testing/index.js'

await loadCryptoBackends()

describe.each(['noble', 'mcl'])('bn254 by %s', (name) => {
  const backend = bn254.withBackend(name)
  test('is loaded', () => expect(backend?.backend).toBe(name))
  test.each(bn254Compliance(backend ?? bn254.current))('$name', ({ run }) => run())
})

describe('bn254Compliance', () => {
  const oracle = bn254.withBackend('noble') ?? bn254.current
  const faults: Record<string, Partial<Bn254>> = {
    'finds every product to be one': { pairingProductIsOne: () => true },
    'finds no product to be one': { pairingProductIsOne: () => false },
    'takes any 64 bytes for a point': {
      decodeG1: (bytes) => bytes.slice(0, 64) as ReturnType<Bn254['multiplySum']>,
    },
    'forgets the first term of a sum': {
      multiplySum: (terms) => oracle.multiplySum(terms.slice(1)),
    },
    'ignores the flags of compressed points': {
      decompressG1(bytes) {
        const copy = Uint8Array.from(bytes)
        copy[0] = (copy[0] ?? 0) | 0x40
        return oracle.decompressG1(copy)
      },
    },
  }
  test.each(Object.entries(faults))('a backend that %s › fails', async (_, fault) => {
    let failures = 0
    for (const { run } of bn254Compliance({ ...oracle, ...fault })) {
      try {
        await run()
      } catch {
        failures++
      }
    }
    expect(failures).toBeGreaterThan(0)
  })
})
