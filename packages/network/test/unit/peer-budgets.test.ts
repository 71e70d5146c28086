import { Ctx, ManualClock, seededRandom } from '@zkstack/concurrency'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import { PeerBudgets } from '../../src/peers/peer-budgets.js'

const limits = networkLimits({
  genesis: testCommittee(6).genesis,
  pingRate: { burst: 3, refreshMs: 100 },
})

test('budget › a peer connects again › finds what it has left', () => {
  const clock = new ManualClock()
  const budgets = new PeerBudgets(limits, clock)
  const taken = () => [1, 2].map(() => budgets.of('a').incoming('pingRate').tryPass())
  expect(taken()).toEqual([true, true])
  expect(taken()).toEqual([true, false])
  clock.advance(100)
  expect(taken()).toEqual([true, false])
  expect(budgets.of('b').incoming('pingRate').tryPass()).toBe(true)
})

test('budget › what we send and what we receive › are counted apart, and so are protocols', () => {
  const budget = new PeerBudgets(limits, new ManualClock()).of('a')
  for (let i = 0; i < 3; i++) budget.incoming('pingRate').tryPass()
  expect(budget.incoming('pingRate').tryPass()).toBe(false)
  expect(budget.outgoing('pingRate').tryPass()).toBe(true)
  expect(budget.incoming('consensusRate').tryPass()).toBe(true)
})

test('budget › a connection ends while it waits › nothing is used up for it', async () => {
  const clock = new ManualClock()
  const throttle = new PeerBudgets(limits, clock).of('a').incoming('pingRate')
  const first = Ctx.root({ clock, random: seededRandom(1) })
  for (let i = 0; i < 3; i++) await throttle.pass(first)
  const waits = throttle.pass(first).catch((e: unknown) => (e as Error).name)
  first.cancel()
  expect(await waits).toBe('AbortError')
  clock.advance(100)
  expect(throttle.tryPass()).toBe(true)
})

test('budget › more peers than it remembers › forgets the one that was asked for longest ago', () => {
  const budgets = new PeerBudgets(limits, new ManualClock())
  const drain = (id: string): boolean[] =>
    [1, 2, 3].map(() => budgets.of(id).incoming('pingRate').tryPass())
  drain('old')
  drain('kept')
  for (let i = 0; i < 4_094; i++) budgets.of(String(i))
  budgets.of('kept')
  budgets.of('one more')
  expect(drain('kept')).toEqual([false, false, false])
  expect(drain('old')).toEqual([true, true, true])
})
