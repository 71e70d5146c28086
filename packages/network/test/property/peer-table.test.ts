import { seededRandom, type Random } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { expect, test } from 'vitest'
import type { AddressScope } from '../../src/peers/address-scope.js'
import { mayPass } from '../../src/peers/address-scope.js'
import { PeerTable, type AddressSource, type PeerAddress } from '../../src/peers/peer-table.js'

const seed = process.env['SEED'] ?? String(Date.now())
const capacity = 100
const perSource = 20
const prefixes = [
  [127, 0, 0],
  [10, 1, 2],
  [192, 168, 7],
  [8, 8, 8],
  [93, 1, 2],
  [0, 0, 0],
  [224, 0, 0],
]

function tableOf(random: Random): PeerTable {
  return new PeerTable({
    ownId: 'ff'.repeat(32),
    random,
    retryMinMs: 500,
    retryMaxMs: 20_000,
    capacity,
    perSource,
  })
}

const integer = (random: Random, below: number): number => Math.floor(random.float() * below)

function keyOf(n: number): Uint8Array {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, n)
  return key
}

function anyAddress(random: Random, keys: number): PeerAddress {
  const prefix = prefixes[integer(random, prefixes.length)] ?? []
  const ip = Uint8Array.from([...prefix, integer(random, 256)])
  return { key: keyOf(integer(random, keys)), addr: { ip, port: integer(random, 3) } }
}

function anySource(random: Random): AddressSource {
  const scopes: (AddressScope | undefined)[] = ['loopback', 'private', 'public', undefined]
  return { id: `source ${integer(random, 12)}`, scope: scopes[integer(random, 4)] }
}

test(`peer table › whatever peers tell › bounds, quotas and scopes hold (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  for (let run = 0; run < 10; run++) {
    const table = tableOf(random)
    const scopes = new Map<string, Set<AddressScope>>()
    for (let now = 0, step = 0; step < 2_000; step++, now += integer(random, 200)) {
      const address = anyAddress(random, 400)
      const source = anySource(random)
      const id = toHex(address.key)
      if (table.add(address, source, now) && source.scope) {
        scopes.set(id, (scopes.get(id) ?? new Set()).add(source.scope))
      }
      const roll = random.float()
      const other = toHex(keyOf(integer(random, 400)))
      if (roll < 0.05) table.reached(other, now)
      else if (roll < 0.1) table.failed(other, now)
      expect(table.entries.length).toBeLessThanOrEqual(capacity)
    }
    const unproven = new Map<string, number>()
    for (const entry of table.entries) {
      const told = [...(scopes.get(entry.id) ?? [])]
      expect(told.some((scope) => mayPass(entry.scope, scope))).toBe(true)
      expect(entry.addr.port).toBeGreaterThan(0)
      if (entry.provenAt === undefined)
        unproven.set(entry.source, (unproven.get(entry.source) ?? 0) + 1)
    }
    for (const count of unproven.values()) expect(count).toBeLessThanOrEqual(perSource)
  }
})

test(`peer table › a flood of one source › displaces no entry of another while there is room (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  const table = tableOf(random)
  const honest = Array.from({ length: 10 }, (_, i) => ({
    key: keyOf(i),
    addr: { ip: Uint8Array.of(8, 0, 0, i), port: 3054 },
  }))
  for (const address of honest) table.add(address, { id: 'honest', scope: 'public' }, 0)
  for (let i = 0; i < 5_000; i++) {
    const ip = Uint8Array.of(9, integer(random, 256), integer(random, 256), integer(random, 256))
    const address = { key: keyOf(1_000 + i), addr: { ip, port: 1 } }
    table.add(address, { id: 'flood', scope: 'public' }, i)
  }
  for (const { key } of honest) expect(table.get(toHex(key))).toBeDefined()
  expect(table.entries.length).toBe(honest.length + perSource)
})

test(`peer table › any number of colluding sources › displace nothing that was reached (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  const table = tableOf(random)
  const good = { key: keyOf(1), addr: { ip: Uint8Array.of(8, 0, 0, 1), port: 3054 } }
  table.add(good, { id: 'honest', scope: 'public' }, 0)
  table.reached(toHex(good.key), 1)
  for (let i = 0; i < 5_000; i++) {
    const ip = Uint8Array.of(9, integer(random, 256), integer(random, 256), integer(random, 256))
    const lie = { key: random.float() < 0.1 ? good.key : keyOf(2 + i), addr: { ip, port: 1 } }
    table.add(lie, { id: `sybil ${i % 100}`, scope: 'public' }, i)
  }
  expect(table.get(toHex(good.key))?.addr).toEqual(good.addr)
  expect(table.entries.length).toBe(capacity)
})

test(`peer table › dials that fail › come in growing pauses and end (SEED=${seed})`, () => {
  const table = tableOf(seededRandom(seed))
  table.add(
    { key: keyOf(1), addr: { ip: Uint8Array.of(8, 0, 0, 1), port: 1 } },
    { id: 's', scope: 'public' },
    0,
  )
  const pauses: number[] = []
  for (let now = 0, last = 0; ;) {
    const { entry, at } = table.next(now, () => true)
    if (entry) {
      pauses.push(now - last)
      last = now
      table.failed(entry.id, now)
    } else if (at === undefined) break
    else now = at
  }
  expect(pauses.length).toBe(3)
  expect(pauses[1]).toBeGreaterThanOrEqual(750)
  expect(pauses[2]).toBeGreaterThan(pauses[1] ?? 0)
  expect(table.entries).toEqual([])
})
