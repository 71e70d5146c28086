import { describe, expect, test } from 'vitest'
import { availableSchemes, loadCryptoBackends, signatureScheme } from '../../../src/index.js'
import { schemeCompliance, standInScheme } from '../../../testing/index.js'

describe('standInScheme', () => {
  test.each(schemeCompliance(standInScheme))('$name', ({ run }) => run())

  test('is no scheme of a genesis', async () => {
    await loadCryptoBackends()
    expect(signatureScheme(standInScheme.id)).toBeUndefined()
    expect(availableSchemes().map(({ id }) => id)).not.toContain(standInScheme.id)
  })

  test('has opposite keys, so that simulations meet infinite sums', () => {
    const one = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 1])
    const opposite = new Uint8Array([0x1f, 255, 255, 255, 255, 255, 255, 254])
    const keys = [one, opposite].map((bytes) => standInScheme.importPublicKey(bytes))
    const [a, b] = keys
    if (a === undefined || b === undefined) throw new Error('the keys are valid')
    expect(standInScheme.keysSumToInfinity([a, b])).toBe(true)
    expect(standInScheme.keysSumToInfinity([a])).toBe(false)
  })
})
