import { ManualClock } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { RequestBudget } from '../../src/http/request-budget.js'

const options = { burst: 10, perSecond: 5, maxAddresses: 2 }

test('an address that spends all › waits until something came back, others do not', () => {
  const clock = new ManualClock()
  const budget = new RequestBudget({ clock, ...options })
  for (let i = 0; i < 10; i++) {
    expect(budget.waitMs('a')).toBe(0)
    budget.spend('a', 1)
  }
  expect(budget.waitMs('a')).toBe(200)
  expect(budget.waitMs('b')).toBe(0)
  clock.advance(200)
  expect(budget.waitMs('a')).toBe(0)
})

test('an answer larger than what is left › is paid for later; nothing is saved up beyond the burst', () => {
  const clock = new ManualClock()
  const budget = new RequestBudget({ clock, ...options })
  budget.spend('a', 40)
  expect(budget.waitMs('a')).toBe(6_200)
  clock.advance(3_600_000)
  budget.spend('a', 10)
  expect(budget.waitMs('a')).toBe(200)
})

test('more addresses than are remembered › the one known longest is forgotten', () => {
  const clock = new ManualClock()
  const budget = new RequestBudget({ clock, ...options })
  for (const address of ['a', 'b', 'c']) budget.spend(address, 20)
  expect(budget.waitMs('c')).toBeGreaterThan(0)
  expect(budget.waitMs('a')).toBe(0)
})

test('addresses of one site with IPv6 › share what a single one may ask; those of IPv4 do not', () => {
  const clock = new ManualClock()
  const budget = new RequestBudget({ clock, ...options })
  budget.spend('2001:db8:0:1::7', 20)
  expect(budget.waitMs('2001:db8::1:a:b:c:d')).toBeGreaterThan(0)
  expect(budget.waitMs('2001:db8:0:2::7')).toBe(0)
  budget.spend('::ffff:192.0.2.1', 20)
  expect(budget.waitMs('::ffff:192.0.2.2')).toBe(0)
})
