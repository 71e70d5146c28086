import { expect, test } from 'vitest'
import { refusalOf, type Candidate } from '../../src/peers/admission.js'

const stranger: Candidate = {
  direction: 'inbound',
  preferred: 'inbound',
  rival: undefined,
  bannedMs: 0,
  isExempt: false,
  dynamicInbound: 0,
  maxDynamicInbound: 2,
}

test.each<[string, Partial<Candidate>, string | undefined]>([
  ['a stranger while there is room', { dynamicInbound: 1 }, undefined],
  ['a stranger at the limit', { dynamicInbound: 2 }, 'LIMIT'],
  ['a configured peer or a member at the limit', { dynamicInbound: 2, isExempt: true }, undefined],
  ['a connection that we dialled', { dynamicInbound: 2, direction: 'outbound' }, undefined],
  ['any stranger when none is wanted', { maxDynamicInbound: 0 }, 'LIMIT'],
  ['a banned node', { bannedMs: 1 }, 'BANNED'],
  ['a banned configured peer', { bannedMs: 1, isExempt: true }, 'BANNED'],
  ['the second connection of the same direction', { rival: 'inbound' }, undefined],
  ['the preferred one of two', { rival: 'outbound' }, undefined],
  ['the other one of two', { rival: 'outbound', preferred: 'outbound' }, 'ALREADY_CONNECTED'],
])('admission › %s › %o is %s', (_, change, code) => {
  expect(refusalOf({ ...stranger, ...change })?.code).toBe(code)
})
