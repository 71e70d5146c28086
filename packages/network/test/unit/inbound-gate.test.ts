import { seededRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import {
  InboundGate,
  type InboundGateLimits,
  type Visit,
} from '../../src/transport/inbound-gate.js'

const seed = process.env['SEED'] ?? String(Date.now())

const limits: InboundGateLimits = {
  maxPendingPerHost: 2,
  maxPending: 6,
  maxPerHost: 4,
  burstPerHost: 3,
  perSecondPerHost: 1,
  burst: 8,
  perSecond: 4,
  maxWaitingPerHost: 3,
  maxWaiting: 4,
  maxWaitMs: 2_000,
}

/** What became of a connection. */
type Outcome = 'in' | 'waits' | 'waited' | 'full'

/** A gate, and connections that remember what became of them. */
class World {
  readonly gate: InboundGate

  constructor(o: Partial<InboundGateLimits> = {}) {
    this.gate = new InboundGate({ ...limits, ...o }, 0)
  }

  arrive(host: string, now = 0): { readonly visit: Visit; outcome: Outcome } {
    const one: { outcome: Outcome } = { outcome: 'waits' }
    const visit = this.gate.arrive(
      host,
      { letIn: () => (one.outcome = 'in'), refuse: (reason) => (one.outcome = reason) },
      now,
    )
    return Object.assign(one, { visit })
  }

  arriveMany(host: string, count: number, now = 0) {
    return Array.from({ length: count }, () => this.arrive(host, now))
  }
}

const outcomes = (all: readonly { readonly outcome: Outcome }[]): Outcome[] =>
  all.map(({ outcome }) => outcome)

test('inbound gate › a host opens connections and says nothing › finds no more room; others do', () => {
  const world = new World()
  const silent = world.arriveMany('a', 6)
  expect(outcomes(silent)).toEqual(['in', 'in', 'waits', 'waits', 'waits', 'full'])
  expect(world.arrive('b').outcome).toBe('in')
  silent[0]?.visit.closed(0)
  world.gate.serve(0)
  expect(outcomes(silent).slice(0, 4)).toEqual(['in', 'in', 'in', 'waits'])
})

test('inbound gate › connections that are upgraded › count against the larger limit', () => {
  const world = new World({ burstPerHost: 10 })
  const all = world.arriveMany('a', 5).map((one) => {
    one.visit.upgraded()
    world.gate.serve(0)
    return one
  })
  expect(outcomes(all)).toEqual(['in', 'in', 'in', 'in', 'waits'])
  all[0]?.visit.closed(0)
  world.gate.serve(0)
  expect(all[4]?.outcome).toBe('in')
})

test('inbound gate › a host opens and closes connections faster than its rate › waits for each, and others of it in their turn', () => {
  const world = new World({ maxWaitingPerHost: 100, maxWaiting: 100 })
  for (let i = 0; i < 3; i++) world.arrive('a').visit.closed(0)
  const flood = world.arriveMany('a', 2, 0)
  expect(outcomes(flood)).toEqual(['waits', 'waits'])
  const honest = world.arrive('a', 10)
  world.gate.serve(1_000)
  expect(outcomes([...flood, honest])).toEqual(['in', 'waits', 'waits'])
  flood[0]?.visit.closed(1_000)
  world.gate.serve(2_005)
  // the other one has waited for two seconds, and was the next
  expect(outcomes([...flood, honest])).toEqual(['in', 'waited', 'in'])
})

test('inbound gate › nobody lets them in › all are refused after their wait, not before', () => {
  const world = new World({ perSecondPerHost: 0.001 })
  for (let i = 0; i < 3; i++) world.arrive('a').visit.closed(0)
  const late = [world.arrive('a', 0), world.arrive('a', 500)]
  world.gate.serve(1_999)
  expect(outcomes(late)).toEqual(['waits', 'waits'])
  world.gate.serve(2_000)
  expect(outcomes(late)).toEqual(['waited', 'waits'])
  world.gate.serve(2_500)
  expect(outcomes(late)).toEqual(['waited', 'waited'])
  expect(world.gate.waiting).toBe(0)
})

test('inbound gate › more come in all than are let in › hosts take turns, however many connections each has', () => {
  const world = new World({ burst: 1, perSecond: 1, maxPerHost: 100, maxPendingPerHost: 100 })
  world.arrive('z').visit.closed(0)
  const greedy = world.arriveMany('a', 3)
  const modest = world.arrive('b')
  world.gate.serve(1_000)
  expect(outcomes([...greedy, modest])).toEqual(['in', 'waits', 'waits', 'waits'])
  world.gate.serve(1_999.9)
  expect(outcomes([...greedy, modest])).toEqual(['in', 'waits', 'waits', 'waits'])
  // a timer may fire late: what is over is over
  const again = world.arrive('b', 1_999.9)
  world.gate.serve(2_000)
  expect(outcomes([...greedy, modest, again])).toEqual(['in', 'waited', 'waited', 'waited', 'in'])
})

test('inbound gate › all room to wait is taken by few hosts › another one still finds some, and not without end', () => {
  const world = new World({ burst: 1, perSecond: 1 })
  world.arrive('z')
  expect(outcomes([...world.arriveMany('a', 3), ...world.arriveMany('b', 2)])).toEqual([
    'waits',
    'waits',
    'waits',
    'waits',
    'full',
  ])
  const others = Array.from({ length: 6 }, (_, i) => world.arrive(`c${i}`))
  expect(outcomes(others)).toEqual(['waits', 'waits', 'waits', 'waits', 'full', 'full'])
})

test('inbound gate › a host is gone › is forgotten once it could begin anew, not before', () => {
  const world = new World()
  for (const one of world.arriveMany('a', 2)) one.visit.closed(0)
  world.arrive('b', 1_000).visit.closed(1_000)
  expect(world.gate.size).toBe(2)
  world.arrive('c', 2_500).visit.closed(2_500)
  expect(world.gate.size).toBe(1)
})

test(`inbound gate › connections come and go in any order › nothing is counted twice, nothing is kept (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  const world = new World({ perSecondPerHost: 40, perSecond: 90, maxWaitMs: 150 })
  const open = new Map<string, ReturnType<World['arrive']>[]>()
  let now = 0
  const everyone: ReturnType<World['arrive']>[] = []
  for (let step = 0; step < 5_000; step++) {
    now += random.uint32() % 20
    const host = `h${random.uint32() % 4}`
    const all = (open.get(host) ?? []).filter(({ outcome }) => ['in', 'waits'].includes(outcome))
    const one = all[random.uint32() % Math.max(1, all.length)]
    const roll = random.float()
    if (roll < 0.6) {
      const newcomer = world.arrive(host, now)
      all.push(newcomer)
      everyone.push(newcomer)
    } else if (roll < 0.75) one?.visit.upgraded()
    else if (roll < 0.9 && one) {
      one.visit.closed(now)
      // an event that comes twice changes nothing
      one.visit.closed(now)
      one.visit.upgraded()
      all.splice(all.indexOf(one), 1)
    } else world.gate.serve(now)
    open.set(host, all)
    expect(all.filter(({ outcome }) => outcome === 'in').length).toBeLessThanOrEqual(4)
    const waiting = [...open.values()].flat().filter(({ outcome }) => outcome === 'waits').length
    expect(world.gate.waiting).toBe(waiting)
  }
  expect([...new Set(outcomes(everyone))].sort()).toEqual(['full', 'in', 'waited', 'waits'])
  for (const all of open.values()) for (const { visit } of all) visit.closed(now)
  world.arrive('last', now + 60_000).visit.closed(now + 60_000)
  // but for that one
  expect(world.gate.size).toBe(1)
})
