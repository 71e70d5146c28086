import { ManualClock, seededRandom, type Random } from '@zkstack/concurrency'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { encodeTransactions } from '../../src/codec.js'
import { networkLimits } from '../../src/limits.js'
import { SeenTransactions } from '../../src/transactions/seen-transactions.js'
import { TransactionQueue } from '../../src/transactions/transaction-queue.js'

const runs = 50
const seed = process.env['SEED'] ?? 'transactions'

function below(random: Random, n: number): number {
  return Math.floor(random.float() * n)
}

/** What may be asked of a mempool: never twice while the answer stands, in bounded memory. */
function playSeen(random: Random, limits: ConstructorParameters<typeof SeenTransactions>[1]): void {
  const clock = new ManualClock()
  const seen = new SeenTransactions(clock, limits)
  /** Until when nobody may ask again, as long as it is remembered. */
  const askable = new Map<string, number>()
  for (let i = 0; i < 300; i++) {
    const hash = `tx${below(random, 12)}`
    const now = clock.now()
    const roll = random.float()
    if (roll < 0.7) {
      const asked = seen.arrived(hash, below(random, 5))
      if (asked) expect(now).toBeGreaterThanOrEqual(askable.get(hash) ?? 0)
      if (asked) {
        const verdict = random.float()
        if (verdict < 0.5) {
          seen.rejected(hash)
          askable.set(hash, now + limits.rejectedTransactionMs)
        } else {
          expect(seen.passOn(hash)).toBe(true)
          expect(seen.passOn(hash)).toBe(false)
          askable.set(hash, now + limits.seenTransactionMs)
        }
      }
    } else if (roll < 0.8) {
      const connection = below(random, 5)
      seen.nowKnownBy(hash, connection)
      expect(seen.isKnownBy(hash, connection)).toBe(true)
      expect(seen.nowKnownBy(hash, connection)).toBe(false)
    } else {
      clock.advance(below(random, 200))
    }
    expect(seen.size).toBeLessThanOrEqual(limits.seenTransactions)
  }
}

test('seen transactions › any arrivals, verdicts and pauses › memory is bounded, and nothing is asked twice while the answer stands', () => {
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(`${seed} ${run}`)
    const limits = { seenTransactions: 20, seenTransactionMs: 1_000, rejectedTransactionMs: 100 }
    expect(() => playSeen(random, limits), `SEED=${seed}, run ${run}`).not.toThrow()
  }
})

test('seen transactions › fewer places than transactions › memory is bounded', () => {
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(`${seed} few ${run}`)
    const limits = { seenTransactions: 3, seenTransactionMs: 1_000, rejectedTransactionMs: 100 }
    const clock = new ManualClock()
    const seen = new SeenTransactions(clock, limits)
    for (let i = 0; i < 200; i++) {
      const hash = `tx${below(random, 9)}`
      if (random.float() < 0.3) seen.rejected(hash)
      else if (random.float() < 0.5) seen.passOn(hash)
      else seen.arrived(hash, below(random, 4))
      if (random.float() < 0.1) clock.advance(below(random, 500))
      expect(seen.size, `SEED=${seed}, run ${run}`).toBeLessThanOrEqual(3)
    }
  }
})

test('transaction queue › any mixture of sizes, of filling and taking › what is taken in is sent once, in order, in frames within the limit', () => {
  const { genesis } = testCommittee(6)
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(`${seed} queue ${run}`)
    const limits = networkLimits({
      genesis,
      maxTransactionBytes: 100_000,
      transactionQueue: 50,
      transactionQueueBytes: 200_000,
    })
    const queue = new TransactionQueue(limits)
    const taken: string[] = []
    const sent: string[] = []
    let bytes = 0
    for (let i = 0; i < 150; i++) {
      if (random.float() < 0.7) {
        const size = random.float() < 0.2 ? below(random, 100_000) : below(random, 300)
        const tx = new Uint8Array(1 + size)
        if (queue.push({ hash: `${i}`, tx })) {
          taken.push(`${i}`)
          bytes += tx.length
        }
        expect(queue.length).toBeLessThanOrEqual(50)
        expect(bytes).toBeLessThanOrEqual(200_000)
        continue
      }
      const batch = queue.takeBatch(() => true)
      for (const { hash, tx } of batch) {
        sent.push(hash)
        bytes -= tx.length
      }
      const frame = encodeTransactions(batch.map(({ tx }) => tx))
      expect(frame.length, `SEED=${seed}, run ${run}`).toBeLessThanOrEqual(
        limits.frames.transactions,
      )
    }
    for (let batch = queue.takeBatch(() => true); batch.length > 0;) {
      sent.push(...batch.map(({ hash }) => hash))
      batch = queue.takeBatch(() => true)
    }
    expect(sent, `SEED=${seed}, run ${run}`).toEqual(taken)
  }
})
