import { seededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { parseSocketAddress } from '@zkstack/roles'
import { expect, test } from 'vitest'
import { hostOfIp, mayPass, scopeOfIp } from '../../src/peers/address-scope.js'
import { PeerTable, type AddressSource, type PeerAddress } from '../../src/peers/peer-table.js'

const own = new Uint8Array(32).fill(9)

function newTable(): PeerTable {
  const random = seededRandom(1)
  return new PeerTable({ ownId: toHex(own), random, retryMinMs: 500, retryMaxMs: 20_000 })
}

function at(text: string, key: number): PeerAddress {
  const addr = parseSocketAddress(text)
  if (!addr) throw new TypeError(text)
  return { key: new Uint8Array(32).fill(key), addr }
}

const from = (id: string, scope: AddressSource['scope'] = 'public'): AddressSource => ({
  id,
  scope,
})
const idOf = ({ key }: PeerAddress): string => toHex(key)

test.each([
  ['8.8.8.8:1', 'public'],
  ['10.0.0.1:1', 'private'],
  ['172.16.0.1:1', 'private'],
  ['172.32.0.1:1', 'public'],
  ['192.168.1.1:1', 'private'],
  ['169.254.169.254:1', 'private'],
  ['100.64.0.1:1', 'private'],
  ['127.9.9.9:1', 'loopback'],
  ['0.0.0.0:1', undefined],
  ['224.0.0.1:1', undefined],
  ['255.255.255.255:1', undefined],
  ['[::1]:1', 'loopback'],
  ['[::]:1', undefined],
  ['[::ffff:127.0.0.1]:1', 'loopback'],
  ['[::ffff:8.8.8.8]:1', 'public'],
  ['[fe80::1]:1', 'private'],
  ['[fd00::1]:1', 'private'],
  ['[ff02::1]:1', undefined],
  ['[2001:db8::1]:1', 'public'],
])('address scope › %s › is %s', (text, scope) => {
  expect(scopeOfIp(parseSocketAddress(text)?.ip ?? own)).toBe(scope)
})

test.each([
  ['8.8.8.8:1', '8.8.8.9:1', false],
  ['8.8.8.8:1', '8.8.8.8:2', true],
  ['[::1]:1', '[::2]:1', false],
  ['[::ffff:8.8.8.8]:1', '[::ffff:8.8.8.9]:1', false],
  ['[2001:db8:1:2::1]:1', '[2001:db8:1:2:ffff::9]:1', true],
  ['[2001:db8:1:2::1]:1', '[2001:db8:1:3::1]:1', false],
])('address scope › %s and %s › are of one host: %s', (a, b, expected) => {
  const [one, other] = [a, b].map((text) => hostOfIp(parseSocketAddress(text)?.ip ?? own))
  expect(one === other).toBe(expected)
})

test('address scope › who is outside of a network › neither tells nor learns what is inside', () => {
  expect(mayPass('private', 'public')).toBe(false)
  expect(mayPass('loopback', 'private')).toBe(false)
  expect(mayPass('public', 'loopback')).toBe(true)
  expect(mayPass('private', 'private')).toBe(true)
})

test('peer table › our own key, a port 0, or a source that is nowhere › is of no use', () => {
  const table = newTable()
  expect(table.add({ ...at('8.8.8.8:1', 1), key: own }, from('a'), 0)).toBe(false)
  expect(table.add(at('8.8.8.8:0', 1), from('a'), 0)).toBe(false)
  expect(table.add(at('8.8.8.8:1', 1), { id: 'a', scope: undefined }, 0)).toBe(false)
  expect(table.add(at('10.0.0.1:1', 1), from('a'), 0)).toBe(false)
  expect(table.entries).toEqual([])
})

test('peer table › another source names another address for a node › the first stays; the node itself may move', () => {
  const table = newTable()
  const first = at('8.8.8.8:1', 1)
  table.add(first, from('a'), 0)
  expect(table.add(at('9.9.9.9:1', 1), from('b'), 0)).toBe(false)
  expect(table.get(idOf(first))?.addr).toEqual(first.addr)
  expect(table.add(at('9.9.9.9:1', 1), from(idOf(first)), 0)).toBe(true)
  expect(table.get(idOf(first))?.addr.ip[0]).toBe(9)
})

test('peer table › many keys at one address, many ports of one machine › are not taken', () => {
  const table = newTable()
  const taken = [1, 2, 3].map((key) => table.add(at('8.8.8.8:1', key), from('a'), 0))
  expect(taken).toEqual([true, true, false])
  const ports = Array.from({ length: 20 }, (_, i) =>
    table.add(at(`9.9.9.9:${i + 1}`, 100 + i), from('b'), 0),
  )
  expect(ports.filter(Boolean).length).toBe(8)
  const ofOneSite = Array.from({ length: 20 }, (_, i) =>
    table.add(at(`[2001:db8:1:2::${i + 1}]:3054`, 200 + i), from('c'), 0),
  )
  expect(ofOneSite.filter(Boolean).length).toBe(8)
})

test('peer table › others have named keys at the place of a node › the node itself takes the place of one', () => {
  const table = newTable()
  for (const key of [1, 2]) table.add(at('8.8.8.8:1', key), from('a'), 0)
  for (let key = 10; key < 16; key++) table.add(at(`8.8.8.8:${key}`, key), from('b'), 0)
  const [node, neighbour] = [at('8.8.8.8:1', 3), at('8.8.8.8:99', 4)]
  expect(table.add(node, from('c'), 0)).toBe(false)
  expect(table.add(node, from(idOf(node)), 0)).toBe(true)
  expect(table.get(idOf(at('8.8.8.8:1', 1)))).toBeUndefined()
  expect(table.add(neighbour, from(idOf(neighbour)), 0)).toBe(true)
  expect(table.get(idOf(node))).toBeDefined()
  expect(table.entries).toHaveLength(8)
})

test('peer table › nodes were reached where another one says it is › they stay, and it is not taken', () => {
  const table = newTable()
  for (const key of [1, 2]) {
    table.add(at('8.8.8.8:1', key), from('a'), 0)
    table.reached(idOf(at('8.8.8.8:1', key)), 0)
  }
  const node = at('8.8.8.8:1', 3)
  expect(table.add(node, from(idOf(node)), 0)).toBe(false)
  expect(table.entries).toHaveLength(2)
})

test('peer table › a node says what another one has said of it before › it counts as its own word', () => {
  const table = newTable()
  const node = at('8.8.8.8:1', 1)
  table.add(node, from('a'), 0)
  table.add(node, from('b'), 0)
  expect(table.get(idOf(node))?.source).toBe('a')
  expect(table.add(node, from(idOf(node)), 0)).toBe(true)
  expect(table.get(idOf(node))?.source).toBe(idOf(node))
  table.add(node, from('a'), 0)
  expect(table.get(idOf(node))?.source).toBe(idOf(node))
})

test('peer table › a node moves its entry about › is not dialled sooner for it', () => {
  const table = newTable()
  const entry = at('8.8.8.8:1', 1)
  table.add(entry, from('a'), 0)
  table.failed(idOf(entry), 0)
  table.add(at('8.8.4.4:1', 1), from('a'), 1)
  expect(table.next(1, () => true).entry).toBeUndefined()
})

test('peer table › a sample › has only what the asker may know, and what is good', () => {
  const table = newTable()
  table.add(at('8.8.8.8:1', 1), from('a', 'loopback'), 0)
  table.add(at('10.0.0.1:1', 2), from('a', 'loopback'), 0)
  table.add(at('127.0.0.1:1', 3), from('a', 'loopback'), 0)
  const told = (scope: 'public' | 'private' | 'loopback') =>
    table.sample(10, { scope, isGood: () => true }).length
  expect([told('public'), told('private'), told('loopback')]).toEqual([1, 2, 3])
  expect(table.sample(2, { scope: 'loopback', isGood: () => true }).length).toBe(2)
  expect(
    table.sample(10, { scope: 'loopback', isGood: ({ addr }) => addr.ip[0] === 8 }).length,
  ).toBe(1)
})

test('peer table › an entry that was reached › outlives more failures than one that never was', () => {
  const table = newTable()
  const [proven, fresh] = [at('8.8.8.8:1', 1), at('9.9.9.9:1', 2)]
  for (const entry of [proven, fresh]) table.add(entry, from('a'), 0)
  table.reached(idOf(proven), 0)
  for (let i = 0; i < 3; i++) for (const entry of [proven, fresh]) table.failed(idOf(entry), i)
  expect(table.get(idOf(fresh))).toBeUndefined()
  for (let i = 3; i < 9; i++) table.failed(idOf(proven), i)
  expect(table.get(idOf(proven))).toBeDefined()
  table.failed(idOf(proven), 9)
  expect(table.get(idOf(proven))).toBeUndefined()
})
