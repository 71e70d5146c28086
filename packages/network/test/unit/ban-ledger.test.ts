import { expect, test } from 'vitest'
import { BanLedger } from '../../src/peers/ban-ledger.js'
import { BAN_SCORE, pointsOf, type PeerFault } from '../../src/peers/fault.js'

const decayMs = 6_000
const banMs = 600_000

function charge(ledger: BanLedger, fault: PeerFault, now: number, key = 'a'): boolean {
  return ledger.charge(key, { points: pointsOf(fault), now, banMs })
}

test('ban ledger › what is proven invalid › bans at once, for its time, and settles the score', () => {
  const ledger = new BanLedger({ decayMs })
  expect(charge(ledger, 'INVALID_BLOCK', 0)).toBe(true)
  expect(ledger.remainingMs('a', 0)).toBe(banMs)
  expect(ledger.remainingMs('a', banMs - 1)).toBe(1)
  expect(ledger.remainingMs('a', banMs)).toBe(0)
  expect(ledger.score('a', 0)).toBe(0)
  expect(ledger.remainingMs('b', 0)).toBe(0)
})

test('ban ledger › silence › bans when it is repeated, not when it is rare', () => {
  const often = new BanLedger({ decayMs })
  const bans = [0, 1, 2, 3, 4].map((i) => charge(often, 'UNRESPONSIVE', i * 10_000))
  expect(bans).toEqual([false, false, false, false, false])
  expect(charge(often, 'UNRESPONSIVE', 50_000)).toBe(true)
  const rarely = new BanLedger({ decayMs })
  for (let minute = 0; minute < 1_000; minute += 2)
    expect(charge(rarely, 'UNRESPONSIVE', minute * 60_000)).toBe(false)
})

test('ban ledger › time passes › one point goes in each decay time', () => {
  const ledger = new BanLedger({ decayMs })
  charge(ledger, 'UNRESPONSIVE', 0)
  expect(ledger.score('a', 0)).toBe(20)
  expect(ledger.score('a', 10 * decayMs)).toBe(10)
  expect(ledger.score('a', 20 * decayMs)).toBe(0)
  expect(ledger.score('a', 30 * decayMs)).toBe(0)
})

test('ban ledger › a fault during a ban › never makes the ban shorter', () => {
  const ledger = new BanLedger({ decayMs })
  charge(ledger, 'MALFORMED', 0)
  ledger.charge('a', { points: BAN_SCORE, now: 1_000, banMs: 20 })
  expect(ledger.remainingMs('a', 1_000)).toBe(banMs - 1_000)
})

test('ban ledger › it is full › forgets what is over, then low scores, then the bans that end first', () => {
  const ledger = new BanLedger({ decayMs, capacity: 3 })
  charge(ledger, 'MALFORMED', 0, 'banned')
  charge(ledger, 'UNRESPONSIVE', 0, 'slow')
  charge(ledger, 'UNRESPONSIVE', 1_000, 'slow later')
  charge(ledger, 'MALFORMED', 1_000, 'banned later')
  expect(ledger.size).toBe(3)
  expect(ledger.score('slow', 1_000)).toBe(0)
  charge(ledger, 'MALFORMED', 2_000, 'third')
  charge(ledger, 'MALFORMED', 2_000, 'fourth')
  expect(ledger.remainingMs('banned', 2_000)).toBe(0)
  expect(ledger.remainingMs('banned later', 2_000)).toBeGreaterThan(0)
  expect(ledger.remainingMs('fourth', 2_000)).toBe(banMs)
})
