import { seededRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { InboundGate, type Passage } from '../../src/transport/inbound-gate.js'

const seed = process.env['SEED'] ?? String(Date.now())

test('inbound gate › a host that opens connections and says nothing › finds no more room; others do', () => {
  const gate = new InboundGate({ maxPendingPerHost: 2, maxPerHost: 10 })
  const silent = [1, 2, 3].map(() => gate.enter('a'))
  expect(silent.map((passage) => passage !== undefined)).toEqual([true, true, false])
  expect(gate.enter('b')).toBeDefined()
  silent[0]?.closed()
  expect(gate.enter('a')).toBeDefined()
})

test('inbound gate › connections with a proven key › count against the larger limit', () => {
  const gate = new InboundGate({ maxPendingPerHost: 1, maxPerHost: 3 })
  const secured = [1, 2, 3].map(() => {
    const passage = gate.enter('a')
    passage?.secured()
    return passage !== undefined
  })
  expect(secured).toEqual([true, true, true])
  expect(gate.enter('a')).toBeUndefined()
})

test(`inbound gate › connections come and go in any order › nothing is counted twice, nothing is kept (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  const gate = new InboundGate({ maxPendingPerHost: 4, maxPerHost: 9 })
  const open = new Map<string, Passage[]>()
  for (let step = 0; step < 5_000; step++) {
    const host = `h${random.uint32() % 3}`
    const passages = open.get(host) ?? []
    const one = passages[random.uint32() % Math.max(1, passages.length)]
    const roll = random.float()
    if (roll < 0.5) {
      const passage = gate.enter(host)
      if (passage) open.set(host, [...passages, passage])
    } else if (roll < 0.7) one?.secured()
    else if (one) {
      one.closed()
      // an event that comes twice changes nothing
      one.closed()
      one.secured()
      open.set(
        host,
        passages.filter((other) => other !== one),
      )
    }
    expect(open.get(host)?.length ?? 0).toBeLessThanOrEqual(9)
  }
  for (const passages of open.values()) for (const passage of passages) passage.closed()
  expect(gate.size).toBe(0)
})
