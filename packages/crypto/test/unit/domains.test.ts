import { describe, expect, test } from 'vitest'
import { domains, toHex } from '../../src/index.js'

describe('domains', () => {
  test('no two are equal', () => {
    const texts = Object.values(domains).map(toHex)
    expect(new Set(texts).size).toBe(texts.length)
  })

  test('each is 16 to 255 bytes of printable ASCII, as RFC 9380 recommends', () => {
    for (const domain of Object.values(domains)) {
      expect(domain.length).toBeGreaterThanOrEqual(16)
      expect(domain.length).toBeLessThanOrEqual(255)
      expect(domain.every((byte) => byte > 0x20 && byte < 0x7f)).toBe(true)
    }
  })
})
