import { seededRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { BanLedger } from '../../src/peers/ban-ledger.js'
import { BAN_SCORE } from '../../src/peers/fault.js'

const seed = process.env['SEED'] ?? String(Date.now())
const decayMs = 100
const banMs = 5_000

/** What the ledger should know, kept in the plainest way: every charge of every key, for ever. */
class Model {
  readonly #charges = new Map<string, { score: number; at: number; until: number }>()

  charge(key: string, points: number, now: number): boolean {
    const old = this.#charges.get(key) ?? { score: 0, at: now, until: 0 }
    const score = Math.max(0, old.score - (now - old.at) / decayMs) + points
    const banned = score >= BAN_SCORE
    const until = banned ? Math.max(old.until, now + banMs) : old.until
    this.#charges.set(key, { score: banned ? 0 : score, at: now, until })
    return banned
  }

  remainingMs(key: string, now: number): number {
    return Math.max(0, (this.#charges.get(key)?.until ?? 0) - now)
  }
}

test(`ban ledger › charges in any order › bans as a list of all charges would (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  for (let run = 0; run < 50; run++) {
    const ledger = new BanLedger({ decayMs })
    const model = new Model()
    for (let now = 0, step = 0; step < 300; step++) {
      now += Math.floor(random.float() * 1_000)
      const key = `p${Math.floor(random.float() * 8)}`
      const points = random.float() < 0.1 ? BAN_SCORE : 20
      expect(ledger.charge(key, { points, now, banMs })).toBe(model.charge(key, points, now))
      const other = `p${Math.floor(random.float() * 8)}`
      expect(ledger.remainingMs(other, now)).toBeCloseTo(model.remainingMs(other, now), 6)
    }
  }
})

test(`ban ledger › any flood of keys › stays within its capacity, and no ban is longer than its time (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  const ledger = new BanLedger({ decayMs, capacity: 64 })
  for (let now = 0, step = 0; step < 5_000; step++, now += 10) {
    const key = `p${Math.floor(random.float() * 1_000)}`
    ledger.charge(key, { points: Math.ceil(random.float() * BAN_SCORE), now, banMs })
    expect(ledger.size).toBeLessThanOrEqual(64)
    expect(ledger.remainingMs(key, now)).toBeLessThanOrEqual(banMs)
    expect(ledger.score(key, now)).toBeLessThan(BAN_SCORE)
    expect(ledger.remainingMs(key, now + banMs)).toBe(0)
  }
})
