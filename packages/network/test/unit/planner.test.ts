import { expect, test } from 'vitest'
import { initialSyncState, nextSyncWake, planSync } from '../../src/sync/planner.js'
import type { SyncConfig, SyncEffect, SyncInput, SyncState } from '../../src/sync/sync-state.js'

const config: SyncConfig = {
  window: 8,
  windowBytes: 1_000,
  answerBytes: 100,
  perPeer: 2,
  perRequest: 2,
  hedgeMs: 100,
}

type Untimed = SyncInput extends infer T ? (T extends unknown ? Omit<T, 'now'> : never) : never

function textOf(e: SyncEffect): string {
  if (e.type === 'verify') return `verify ${e.heights.join(',')} ${e.peer}`
  return `fetch ${e.first}+${e.count} ${e.peer}`
}

/** A planner, its time, and what it wants. */
class Bench {
  state: SyncState
  now = 0

  constructor(next = 0n, o: Partial<SyncConfig> = {}) {
    this.state = initialSyncState(next, { ...config, ...o })
  }

  give(input: Untimed): string[] {
    const { state, effects } = planSync(this.state, { ...input, now: this.now })
    this.state = state
    return effects.map(textOf)
  }

  announce(peer: string, first: bigint, next: bigint, graceMs = 0): string[] {
    return this.give({ type: 'announced', peer, first, next, graceMs })
  }

  /** An answer with that many blocks of 10 bytes. */
  answer(peer: string, first: bigint, count: number, given = count): string[] {
    const sizes = Array.from({ length: given }, () => 10)
    return this.give({ type: 'answered', peer, first, count, sizes })
  }
}

test('planner › a peer announces › asks for runs of the lowest heights, as many as it may', () => {
  expect(new Bench().announce('a', 0n, 100n)).toEqual(['fetch 0+2 a', 'fetch 2+2 a'])
})

test('planner › several peers › share what is asked for', () => {
  const bench = new Bench(0n, { perRequest: 8 })
  bench.announce('a', 0n, 0n)
  expect(bench.announce('b', 0n, 0n)).toEqual([])
  bench.give({ type: 'announced', peer: 'c', first: 0n, next: 6n, graceMs: 50 })
  bench.announce('a', 0n, 6n, 50)
  bench.announce('b', 0n, 6n, 50)
  bench.now = 50
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0+2 a', 'fetch 2+2 b', 'fetch 4+2 c'])
})

test('planner › blocks come › are verified, and the next are asked for', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 100n)
  expect(bench.answer('a', 0n, 2)).toEqual(['verify 0,1 a', 'fetch 4+2 a'])
  expect(bench.give({ type: 'verified', peer: 'a', heights: [0n, 1n] })).toEqual([])
  expect(bench.answer('a', 2n, 2)).toEqual(['verify 2,3 a', 'fetch 6+2 a'])
  expect(bench.answer('a', 4n, 2)).toEqual(['verify 4,5 a'])
  expect(bench.give({ type: 'persisted', next: 2n })).toEqual(['fetch 8+2 a'])
})

test('planner › few heights are left at the end of a full window › they wait for those after them', () => {
  const bench = new Bench(0n, { perRequest: 4, perPeer: 3, window: 8 })
  expect(bench.announce('a', 0n, 100n)).toEqual(['fetch 0+4 a', 'fetch 4+4 a'])
  bench.answer('a', 0n, 4)
  bench.give({ type: 'verified', peer: 'a', heights: [0n, 1n, 2n, 3n] })
  // one more height is in the window: nobody is asked for it alone, while seven are under way before it
  expect(bench.give({ type: 'persisted', next: 1n })).toEqual([])
  expect(bench.give({ type: 'persisted', next: 4n })).toEqual(['fetch 8+4 a'])
})

test('planner › few heights are left, and no more exist › they are asked for', () => {
  const bench = new Bench(0n, { perRequest: 4, perPeer: 3, window: 8 })
  bench.announce('a', 0n, 9n)
  bench.answer('a', 0n, 4)
  bench.give({ type: 'verified', peer: 'a', heights: [0n, 1n, 2n, 3n] })
  expect(bench.give({ type: 'persisted', next: 4n })).toEqual(['fetch 8+1 a'])
})

test('planner › an answer is shorter than the request › the rest is asked for again', () => {
  const bench = new Bench(0n, { perPeer: 1 })
  bench.announce('a', 0n, 2n)
  expect(bench.answer('a', 0n, 2, 1)).toEqual(['verify 0 a', 'fetch 1+1 a'])
})

test('planner › memory is full › only the block for which all others wait is asked for', () => {
  const bench = new Bench(0n, { windowBytes: 500, perPeer: 9 })
  expect(bench.announce('a', 0n, 100n)).toEqual(['fetch 0+2 a', 'fetch 2+2 a', 'fetch 4+2 a'])
  const large = { type: 'answered', peer: 'a', first: 4n, count: 2, sizes: [60, 60] } as const
  expect(bench.give(large)).toEqual(['verify 4,5 a'])
  expect(bench.give({ ...large, first: 2n })).toEqual(['verify 2,3 a'])
  expect(bench.give({ type: 'verified', peer: 'a', heights: [2n, 3n, 4n, 5n] })).toEqual([])
  expect(bench.answer('a', 0n, 2, 0)).toEqual([])
  expect(bench.announce('b', 0n, 100n)).toEqual(['fetch 0+2 b'])
  expect(bench.answer('b', 0n, 2)).toEqual(['verify 0,1 b'])
  expect(bench.give({ type: 'persisted', next: 6n })).toEqual([
    'fetch 6+2 a',
    'fetch 8+2 b',
    'fetch 10+2 a',
  ])
})

test('planner › a peer has nothing below its first block › is asked from there on', () => {
  expect(new Bench().announce('a', 2n, 100n)).toEqual(['fetch 2+2 a', 'fetch 4+2 a'])
})

test('planner › a peer says later that it begins lower › is not believed: pruning never goes back', () => {
  const bench = new Bench()
  expect(bench.announce('a', 8n, 100n)).toEqual([])
  expect(bench.announce('a', 0n, 100n)).toEqual([])
})

test('planner › a peer fails › another one is asked, the same one not before it announces again', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  expect(bench.answer('a', 0n, 1, 0)).toEqual([])
  expect(bench.announce('b', 0n, 1n)).toEqual(['fetch 0+1 b'])
  expect(bench.answer('b', 0n, 1, 0)).toEqual([])
  expect(bench.announce('a', 0n, 1n)).toEqual(['fetch 0+1 a'])
})

test('planner › a block is wrong › another peer is asked', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  bench.announce('b', 0n, 1n)
  bench.answer('a', 0n, 1)
  expect(bench.give({ type: 'invalid', peer: 'a', height: 0n })).toEqual(['fetch 0+1 b'])
})

test('planner › a peer leaves › its requests go to others', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 2n)
  bench.announce('b', 0n, 2n)
  expect(bench.give({ type: 'gone', peer: 'a' })).toEqual(['fetch 0+2 b'])
})

test('planner › an answer takes long › a second peer is asked, a third is not', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  for (const peer of ['b', 'c']) bench.announce(peer, 0n, 1n)
  expect(nextSyncWake(bench.state, 0)).toBe(100)
  bench.now = 99
  expect(bench.give({ type: 'tick' })).toEqual([])
  bench.now = 100
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0+1 b'])
  bench.now = 1000
  expect(bench.give({ type: 'tick' })).toEqual([])
  expect(nextSyncWake(bench.state, 1000)).toBeUndefined()
})

test('planner › a peer owes an answer for long › new requests go to others', () => {
  const bench = new Bench(0n, { perPeer: 4 })
  bench.announce('a', 0n, 2n)
  bench.announce('b', 0n, 2n)
  bench.now = 100
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0+1 b', 'fetch 1+1 b'])
  expect(bench.announce('b', 0n, 4n)).toEqual(['fetch 2+1 b', 'fetch 3+1 b'])
  expect(bench.announce('a', 0n, 6n)).toEqual(['fetch 4+2 a'])
})

test('planner › both peers answer › the first block is verified, the second is superfluous', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  bench.announce('b', 0n, 1n)
  bench.now = 100
  bench.give({ type: 'tick' })
  expect(bench.answer('b', 0n, 1)).toEqual(['verify 0 b'])
  expect(bench.answer('a', 0n, 1)).toEqual([])
})

test('planner › the slow one answers first after all › its block counts', () => {
  const bench = new Bench()
  bench.announce('a', 0n, 1n)
  bench.announce('b', 0n, 1n)
  bench.now = 100
  bench.give({ type: 'tick' })
  expect(bench.answer('a', 0n, 1)).toEqual(['verify 0 a'])
})

test('planner › the last resort › is asked only for what no peer has', () => {
  const bench = new Bench()
  bench.announce('a', 2n, 4n)
  const feed = { type: 'announced', peer: 'f', first: 0n, next: 6n, graceMs: 0 } as const
  expect(bench.give({ ...feed, isLastResort: true })).toEqual(['fetch 0+2 f', 'fetch 4+2 f'])
  bench.answer('f', 0n, 2)
  expect(bench.answer('a', 2n, 2, 0)).toEqual(['fetch 2+2 f'])
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
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0+1 a'])
})

test('planner › heights that existed for long come into the window › wait for no grace', () => {
  const bench = new Bench(0n, { window: 4 })
  bench.announce('a', 0n, 100n, 50)
  bench.now = 1000
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0+2 a', 'fetch 2+2 a'])
  bench.announce('a', 0n, 101n, 50)
  bench.answer('a', 0n, 2)
  expect(bench.give({ type: 'persisted', next: 4n })).toEqual(['fetch 4+2 a'])
  expect([...bench.state.heights.keys()]).toEqual([4n, 5n, 6n, 7n])
})

test("planner › a peer that had announced far too much is gone › others' blocks have their grace again", () => {
  const bench = new Bench()
  bench.announce('liar', 0n, 2n ** 64n - 1n, 50)
  bench.now = 1000
  bench.give({ type: 'tick' })
  bench.give({ type: 'gone', peer: 'liar' })
  expect(bench.announce('a', 0n, 2n, 50)).toEqual([])
  bench.now = 1050
  expect(bench.give({ type: 'tick' })).toEqual(['fetch 0+2 a'])
  bench.give({ type: 'persisted', next: 2n })
  expect(bench.announce('a', 0n, 3n, 50)).toEqual([])
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
