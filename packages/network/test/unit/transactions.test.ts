import { ManualClock } from '@zkstack/concurrency'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { decodeTransactions, encodeTransactions } from '../../src/codec.js'
import { networkLimits } from '../../src/limits.js'
import { SeenTransactions } from '../../src/transactions/seen-transactions.js'
import { TransactionQueue } from '../../src/transactions/transaction-queue.js'

const { genesis } = testCommittee(6)
const all = (): boolean => true

const seenLimits = { seenTransactions: 3, seenTransactionMs: 1000, rejectedTransactionMs: 100 }

test('seen transactions › more than it holds › forgets the oldest', () => {
  const seen = new SeenTransactions(new ManualClock(), seenLimits)
  for (const hash of ['a', 'b', 'c', 'd']) seen.arrived(hash, 1)
  expect(seen.size).toBe(3)
  expect(['b', 'c', 'd'].map((hash) => seen.arrived(hash, 2))).toEqual([false, false, false])
  expect(seen.arrived('a', 2)).toBe(true)
})

test('seen transactions › their time is over › are forgotten', () => {
  const clock = new ManualClock()
  const seen = new SeenTransactions(clock, seenLimits)
  seen.arrived('a', 1)
  clock.advance(999)
  expect(seen.arrived('a', 1)).toBe(false)
  expect(seen.isKnownBy('a', 1)).toBe(true)
  clock.advance(1)
  expect(seen.isKnownBy('a', 1)).toBe(false)
  expect(seen.arrived('b', 1)).toBe(true)
  expect(seen.size).toBe(1)
})

test('seen transactions › one is rejected again and again › it is looked at after doubling pauses', () => {
  const clock = new ManualClock()
  const seen = new SeenTransactions(clock, { ...seenLimits, seenTransactionMs: 1000 })
  const pauses: number[] = []
  expect(seen.arrived('a', 1)).toBe(true)
  for (let i = 0; i < 7; i++) {
    seen.rejected('a')
    let pause = 0
    for (; !seen.arrived('a', 1); pause += 50) clock.advance(50)
    pauses.push(pause)
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000, 1000])
})

test('seen transactions › one was passed on › it is not passed on again', () => {
  const seen = new SeenTransactions(new ManualClock(), seenLimits)
  expect([seen.passOn('a'), seen.passOn('a')]).toEqual([true, false])
  expect(seen.arrived('a', 1)).toBe(false)
})

test('transaction queue › it is full › drops further ones', () => {
  const queue = new TransactionQueue(
    networkLimits({ genesis, transactionQueue: 2, transactionQueueBytes: 100 }),
  )
  const tx = new Uint8Array(40)
  expect([1, 2, 3].map(() => queue.push({ hash: '', tx }))).toEqual([true, true, false])
  queue.takeBatch(all)
  expect(queue.push({ hash: '', tx: new Uint8Array(101) })).toBe(false)
})

test('transaction queue › more than a frame holds › is taken in frames within the limit', () => {
  const limits = networkLimits({ genesis, maxTransactionBytes: 1000 })
  const queue = new TransactionQueue(limits)
  for (let i = 0; i < 200; i++) queue.push({ hash: String(i), tx: new Uint8Array(900) })
  let taken = 0
  for (let batch = queue.takeBatch(all); batch.length > 0; batch = queue.takeBatch(all)) {
    const frame = encodeTransactions(batch.map(({ tx }) => tx))
    expect(frame.length).toBeLessThanOrEqual(limits.frames.transactions)
    taken += decodeTransactions(frame).length
  }
  expect(taken).toBe(200)
})

test('transaction queue › some are no longer wanted › are left out', () => {
  const queue = new TransactionQueue(networkLimits({ genesis }))
  for (const hash of ['a', 'b', 'c']) queue.push({ hash, tx: new TextEncoder().encode(hash) })
  expect(
    queue.takeBatch((hash) => hash !== 'b').map(({ tx }) => new TextDecoder().decode(tx)),
  ).toEqual(['a', 'c'])
})

test('transaction queue › a transaction of the largest size › fits a frame', () => {
  const limits = networkLimits({ genesis, maxTransactionBytes: 500_000 })
  const queue = new TransactionQueue(limits)
  queue.push({ hash: 'a', tx: new Uint8Array(500_000) })
  expect(encodeTransactions(queue.takeBatch(all).map(({ tx }) => tx)).length).toBeLessThanOrEqual(
    limits.frames.transactions,
  )
})
