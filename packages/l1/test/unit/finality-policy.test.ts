import { expect, it } from 'vitest'
import { highestFinal, isFinal, requiredHead } from '../../src/index.js'

const latest = (confirmations: number) => ({ tag: 'latest', confirmations }) as const

it.each([
  [0, 100n],
  [1, 100n],
  [2, 101n],
  [12, 111n],
])(
  '%i confirmations of block 100 › the head must stand at %i, and one below is not enough',
  (n, head) => {
    expect(requiredHead(latest(n), 100n)).toBe(head)
    expect(isFinal(latest(n), 100n, { number: head })).toBe(true)
    expect(isFinal(latest(n), 100n, { number: head - 1n })).toBe(false)
    expect(highestFinal(latest(n), head)).toBe(100n)
  },
)

it('a tag that stands nowhere yet › nothing is final', () => {
  expect(isFinal({ tag: 'finalized', confirmations: 0 }, 0n, undefined)).toBe(false)
})

it('a chain shorter than the confirmations › nothing is final', () => {
  expect(highestFinal(latest(12), 10n)).toBeUndefined()
  expect(highestFinal(latest(12), 11n)).toBe(0n)
})

it('confirmations that are no number of blocks › RangeError', () => {
  for (const n of [-1, 1.5, NaN]) expect(() => requiredHead(latest(n), 1n)).toThrow(RangeError)
})
