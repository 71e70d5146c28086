import { expect, test } from 'vitest'
import { initialSyncState, nextSyncWake, planSync } from '../../src/sync/planner.js'
import type { SyncEffect, SyncInput, SyncState } from '../../src/sync/sync-state.js'

const config = { window: 4, perPeer: 2, hedgeMs: 100 }

type Untimed = SyncInput extends infer T ? (T extends unknown ? Omit<T, 'now'> : never) : never

/** A planner, its time, and what it wants. */
class Bench {
  state: SyncState
  now = 0

  constructor(next = 0n) {
    this.state = initialSyncState(next, config)
  }

  give(input: Untimed): string[] {
    const { state, effects } = planSync(this.state, { ...input, now: this.now })
    this.state = state
    return effects.map((e: SyncEffect) => `${e.type} ${e.height} ${e.peer}`)
  }

  announce(peer: string, first: bigint, next: bigint, graceMs = 0): string[] {
    return this.give({ type: 'announced', peer, first, next, graceMs })
  }
}

test('planner › a peer announces › asks for the lowest heights, as many as it may', () => {
  expect(new Bench().announce('a', 0n, 100n)).toEqual(['fetch 0 a', 'fetch 1 a'])
})

test('planner › two peers › share the window', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 100n)
  expect(bench.announce('b', 0n, 100n)).toEqual(['fetch 2 b', 'fetch 3 b'])
})

test('planner › a block comes › is verified, and the next is asked for once it is durable', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 100n)
  expect(bench.give({ type: 'received', peer: 'a', height: 0n })).toEqual([
    'verify 0 a',
    'fetch 2 a',
  ])
  expect(bench.give({ type: 'verified', peer: 'a', height: 0n })).toEqual([])
  expect(bench.give({ type: 'received', peer: 'a', height: 1n })).toEqual([
    'verify 1 a',
    'fetch 3 a',
  ])
  expect(bench.give({ type: 'received', peer: 'a', height: 2n })).toEqual(['verify 2 a'])
  expect(bench.give({ type: 'persisted', next: 1n })).toEqual(['fetch 4 a'])
})

test('planner › a peer has nothing below its first block › is asked from there on', () => {
  expect(new Bench().announce('a', 2n, 100n)).toEqual(['fetch 2 a', 'fetch 3 a'])
})

test('planner › a peer fails › another one is asked, the same one not before it announces again', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  expect(bench.give({ type: 'failed', peer: 'a', height: 0n })).toEqual([])
  expect(bench.announce('b', 0n, 1n)).toEqual(['fetch 0 b'])
  expect(bench.give({ type: 'failed', peer: 'b', height: 0n })).toEqual([])
  expect(bench.announce('a', 0n, 1n)).toEqual(['fetch 0 a'])
})

test('planner › a block is wrong › another peer is asked', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  bench.announce('b', 0n, 1n)
  bench.give({ type: 'received', peer: 'a', height: 0n })
  expect(bench.give({ type: 'invalid', peer: 'a', height: 0n })).toEqual(['fetch 0 b'])
})

test('planner › a peer leaves › its requests go to others', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 2n)
  bench.announce('b', 0n, 2n)
  expect(bench.give({ type: 'gone', peer: 'a' })).toEqual(['fetch 0 b', 'fetch 1 b'])
})

test('planner › an answer takes long › a second peer is asked, a third is not', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  for (const peer of ['b', 'c']) bench.announce(peer, 0n, 1n)
  expect(nextSyncWake(bench.state, 0)).toBe(100)
  bench.now = 99
  expect(bench.give({ type: 'tick' })).toEqual([])
  bench.now = 100
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0 b'])
  bench.now = 1000
  expect(bench.give({ type: 'tick' })).toEqual([])
  expect(nextSyncWake(bench.state, 1000)).toBeUndefined()
})

test('planner › both peers answer › the first block is verified, the second is superfluous', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  bench.announce('b', 0n, 1n)
  bench.now = 100
  bench.give({ type: 'tick' })
  expect(bench.give({ type: 'received', peer: 'b', height: 0n })).toEqual(['verify 0 b'])
  expect(bench.give({ type: 'received', peer: 'a', height: 0n })).toEqual([])
})

test('planner › consensus brings the block within the grace › nobody is asked', () => {
  const bench = new Bench()
  expect(bench.announce('a', 0n, 1n, 50)).toEqual([])
  expect(nextSyncWake(bench.state, 0)).toBe(50)
  bench.now = 40
  bench.give({ type: 'persisted', next: 1n })
  bench.now = 50
  expect(bench.give({ type: 'tick' })).toEqual([])
})

test('planner › consensus does not bring the block › it is asked for after the grace', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n, 50)
  bench.now = 50
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0 a'])
})

test('planner › heights that existed for long come into the window › wait for no grace', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 100n, 50)
  bench.now = 1000
  bench.give({ type: 'tick' })
  bench.announce('a', 0n, 101n, 50)
  for (const height of [0n, 1n]) bench.give({ type: 'received', peer: 'a', height })
  expect(bench.give({ type: 'persisted', next: 4n })).toEqual([])
  expect([...bench.state.heights.keys()]).toEqual([4n, 5n, 6n, 7n])
  expect(bench.give({ type: 'failed', peer: 'a', height: 2n })).toEqual(['fetch 4 a'])
})

test('planner › an input › leaves the old state as it was', () => {
  const before = new Bench().state
  const copy = { ...before, peers: new Map(before.peers), heights: new Map(before.heights) }
  planSync(before, { type: 'announced', peer: 'a', first: 0n, next: 10n, graceMs: 0, now: 0 })
  expect(before).toEqual(copy)
})

test('planner › bounds that are not positive › is a RangeError', () => {
  expect(() => initialSyncState(0n, { ...config, window: 0 })).toThrow(RangeError)
})
