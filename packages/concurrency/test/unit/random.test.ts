import { describe, expect, test } from 'vitest'
import { seededRandom, systemRandom } from '../../src/index.js'

describe('random', () => {
  test('seeded random › equal seeds › give equal streams, other seeds others', () => {
    const draw = (seed: string | number): string => {
      const random = seededRandom(seed)
      return [random.uint32(), random.float(), random.bytes(5)].join()
    }
    expect(draw('a')).toBe(draw('a'))
    expect(draw(1)).toBe(draw('1'))
    expect(new Set(['a', 'b', 'ab', 'ba', 0, 1, 2, ''].map(draw)).size).toBe(8)
  })

  test('seeded random › its first outputs › never change between versions', () => {
    const random = seededRandom('zkstack')
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        3370034308,
        4206873129,
        1277635625,
      ]
    `)
  })

  test('seeded random › split › depends on seed and label only', () => {
    const a = seededRandom('s')
    const before = a.split('x').uint32()
    a.bytes(100)
    expect(a.split('x').uint32()).toBe(before)
    expect(a.split('y').uint32()).not.toBe(before)
    expect(a.split('x').split('y').uint32()).not.toBe(a.split('y').split('x').uint32())
  })

  test('seeded random › many draws › are spread evenly', () => {
    const random = seededRandom(7)
    const counts = new Array<number>(16).fill(0)
    for (let i = 0; i < 16_000; i++) {
      const f = random.float()
      expect(f >= 0 && f < 1).toBe(true)
      counts[Math.floor(f * 16)]! += 1
    }
    // 1000 expected per cell; six standard deviations are about 190.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(190)
  })

  test('system random › any length › is filled, beyond one platform call too', () => {
    for (const n of [0, 1, 32, 65_536, 200_001]) expect(systemRandom.bytes(n)).toHaveLength(n)
    expect(
      systemRandom
        .bytes(200_001)
        .slice(-32)
        .some((b) => b !== 0),
    ).toBe(true)
    for (const n of [-1, 0.5, NaN]) {
      expect(() => systemRandom.bytes(n)).toThrow(RangeError)
      expect(() => seededRandom(1).bytes(n)).toThrow(RangeError)
    }
    expect(systemRandom.uint32()).toBeLessThan(2 ** 32)
    expect(systemRandom.float()).toBeLessThan(1)
  })
})
