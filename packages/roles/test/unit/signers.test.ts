import { describe, expect, it } from 'vitest'
import { Signers } from '../../src/index.js'
import { testCommittee } from '../../testing/index.js'

describe('signers', () => {
  it('signers › empty › have no member', () => {
    const signers = Signers.empty(9)
    expect([signers.length, signers.count, signers.isEmpty]).toEqual([9, 0, true])
    expect(signers.indices()).toEqual([])
    expect([...signers.toBytes()]).toEqual([0, 0])
  })

  it('signers › of some indices › put index 0 into the highest bit', () => {
    const signers = Signers.of(10, [9, 0, 7])
    expect([...signers.toBytes()]).toEqual([0b1000_0001, 0b0100_0000])
    expect(signers.indices()).toEqual([0, 7, 9])
    expect([signers.has(0), signers.has(1), signers.has(9), signers.has(10)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect([0, 1, 8, 10].map((index) => signers.rank(index))).toEqual([0, 1, 2, 3])
  })

  it('signers › asked for what is no index of theirs › have no such member', () => {
    const all = Signers.of(10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const index of [-1, 10, 15, 0.5, 2 ** 32, Number.NaN, Infinity])
      expect(all.has(index), `${index}`).toBe(false)
  })

  it('signers › with one more › leave the old set as it was', () => {
    const old = Signers.of(5, [1])
    const more = old.with(3)
    expect(old.indices()).toEqual([1])
    expect(more.indices()).toEqual([1, 3])
    more.toBytes().fill(0)
    expect(more.count).toBe(2)
  })

  it('signers › joined and intersected › act as sets', () => {
    const a = Signers.of(12, [0, 1, 11])
    const b = Signers.of(12, [1, 2])
    expect(a.union(b).indices()).toEqual([0, 1, 2, 11])
    expect(a.intersection(b).indices()).toEqual([1])
    expect(a.intersects(b)).toBe(true)
    expect(a.intersects(Signers.of(12, [2, 3]))).toBe(false)
  })

  it('signers › of another length, or an index outside › are a RangeError', () => {
    const signers = Signers.empty(3)
    expect(() => signers.union(Signers.empty(4))).toThrow(RangeError)
    expect(() => signers.intersection(Signers.empty(4))).toThrow(RangeError)
    expect(() => signers.intersects(Signers.empty(4))).toThrow(RangeError)
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      expect(() => signers.with(index)).toThrow(RangeError)
    }
    expect(() => Signers.empty(-1)).toThrow(RangeError)
    expect(() => signers.weight(testCommittee(2).schedule)).toThrow(RangeError)
  })

  it('signers › of a schedule › weigh the sum of their members', () => {
    const { schedule } = testCommittee(5, { weights: [10n, 11n, 12n, 13n, 14n] })
    const some = [1, 2, 4]
    const sum = some.reduce((total, index) => total + (schedule.at(index)?.weight ?? 0n), 0n)
    expect(Signers.of(5, some).weight(schedule)).toBe(sum)
    expect(Signers.empty(5).weight(schedule)).toBe(0n)
  })

  it('signers › from bytes of the wrong number or with padding set › are undefined', () => {
    expect(Signers.fromBytes(5, Uint8Array.of(0xf8))?.count).toBe(5)
    expect(Signers.fromBytes(5, Uint8Array.of(0xf9))).toBeUndefined()
    expect(Signers.fromBytes(5, Uint8Array.of(0xf8, 0))).toBeUndefined()
    expect(Signers.fromBytes(9, Uint8Array.of(0xf8))).toBeUndefined()
    expect(Signers.fromBytes(8, Uint8Array.of(0xff))?.count).toBe(8)
    expect(Signers.fromBytes(0, new Uint8Array())?.length).toBe(0)
  })

  it('signers › compared › are ordered bit by bit, then by length', () => {
    const ascending = [
      Signers.empty(0),
      Signers.empty(3),
      Signers.empty(9),
      Signers.of(9, [8]),
      Signers.of(3, [2]),
      Signers.of(9, [2]),
      Signers.of(3, [1, 2]),
      Signers.of(3, [0]),
      Signers.of(9, [0]),
      Signers.of(2, [0, 1]),
    ]
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect(Math.sign(a.compare(b)), `${i} and ${j}`).toBe(Math.sign(i - j))
        expect(a.equals(b)).toBe(i === j)
      }
    }
  })
})
