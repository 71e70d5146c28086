import { expect, test } from 'vitest'
import { nearest } from '../../src/config/nearest.js'

const known = ['listen', 'limits', 'timing', 'viewTimeoutMs']

test.each([
  ['lisen', 'listen'],
  ['Listen', 'listen'],
  ['limit', 'limits'],
  ['viewTimeout', 'viewTimeoutMs'],
  ['execution', undefined],
  ['x', undefined],
])('nearest › %s › means %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant)
})
