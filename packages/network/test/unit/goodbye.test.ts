import { expect, test } from 'vitest'
import { goodbyeNumber, goodbyeOfPeer } from '../../src/goodbye.js'

test('goodbye › a code of ours › comes back as the same', () => {
  expect(goodbyeOfPeer(goodbyeNumber('GENESIS_MISMATCH'), 'why')).toEqual({
    code: 'GENESIS_MISMATCH',
    text: 'why',
    by: 'peer',
  })
})

test('goodbye › a code of a later version › counts as LOST and keeps its number', () => {
  expect(goodbyeOfPeer(4711, 'why')).toEqual({ code: 'LOST', text: 'code 4711: why', by: 'peer' })
})

test('goodbye › a text with line ends, escapes and no end › is made safe to log', () => {
  const { text } = goodbyeOfPeer(1, `a\nb\u001b[31m\u2028${'x'.repeat(1000)}`)
  expect(text).toMatch(/^a\?b\?\[31m\?x+$/)
  expect(text.length).toBe(200)
})
