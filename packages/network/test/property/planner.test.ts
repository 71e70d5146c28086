import { seededRandom, type Random } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { initialSyncState, planSync } from '../../src/sync/planner.js'
import {
  syncTarget,
  type SyncEffect,
  type SyncInput,
  type SyncState,
} from '../../src/sync/sync-state.js'

const config = { window: 8, perPeer: 3, hedgeMs: 50 }

interface World {
  state: SyncState
  now: number
  /** Requests and verifications under way, and of which peer. */
  open: SyncEffect[]
  /** What each connected peer has announced. */
  announced: Map<string, { first: bigint; next: bigint }>
  serial: number
  done: Set<bigint>
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[Math.floor(random.float() * items.length)]
}

/** What may happen next, chosen at random. */
function nextInput(world: World, random: Random, honest: boolean): SyncInput {
  const { now, state } = world
  const peer = pick(random, [...world.announced.keys()])
  const effect = pick(random, world.open)
  const roll = random.float()
  if (roll < 0.15 || !peer) {
    const name = peer && random.float() < 0.7 ? peer : `p${world.serial++}`
    const old = world.announced.get(name)
    const first = BigInt(Math.floor(random.float() * 5))
    const next = (old?.next ?? first) + BigInt(Math.floor(random.float() * 20))
    world.announced.set(name, { first, next })
    return {
      type: 'announced',
      peer: name,
      first,
      next,
      graceMs: random.float() < 0.5 ? 0 : 30,
      now,
    }
  }
  if (roll < 0.2 && !honest) {
    world.announced.delete(peer)
    world.open = world.open.filter((e) => e.type === 'verify' || e.peer !== peer)
    return { type: 'gone', peer, now }
  }
  if (roll < 0.3) return { type: 'tick', now }
  if (roll < 0.5) {
    let next = state.next
    while (world.done.has(next)) next++
    if (!honest && random.float() < 0.1) next++
    return { type: 'persisted', next, now }
  }
  if (!effect) return { type: 'tick', now }
  world.open.splice(world.open.indexOf(effect), 1)
  const good = honest || random.float() < 0.7
  const { height } = effect
  if (effect.type === 'fetch')
    return { type: good ? 'received' : 'failed', peer: effect.peer, height, now }
  if (good) world.done.add(height)
  return { type: good ? 'verified' : 'invalid', peer: effect.peer, height, now }
}

function step(world: World, input: SyncInput): void {
  const { state, effects } = planSync(world.state, input)
  world.state = state
  for (const effect of effects) {
    const peer = world.announced.get(effect.peer)
    if (effect.type === 'fetch') {
      expect(peer, 'asks a connected peer').toBeDefined()
      expect(effect.height >= (peer?.first ?? 0n) && effect.height < (peer?.next ?? 0n)).toBe(true)
    }
    world.open.push(effect)
  }
}

function checkInvariants({ state, open, announced }: World): void {
  const end = state.next + BigInt(config.window)
  const target = syncTarget(state)
  for (let height = state.next; height < target && height < end; height++) {
    expect(
      state.heights.has(height),
      `height ${height} of [${state.next}, ${target}) is forgotten`,
    ).toBe(true)
  }
  for (const height of state.heights.keys()) expect(height >= state.next && height < end).toBe(true)
  for (const [name, peer] of state.peers) {
    expect(announced.has(name)).toBe(true)
    expect(peer.inflight).toBe(open.filter((e) => e.type === 'fetch' && e.peer === name).length)
    expect(peer.inflight).toBeLessThanOrEqual(config.perPeer)
  }
  for (const [height, at] of state.heights) {
    if (at.type === 'fetching') {
      expect(at.fetches.length).toBeGreaterThan(0)
      expect(at.fetches.length).toBeLessThanOrEqual(2)
      for (const fetch of at.fetches) {
        expect(
          open.some((e) => e.type === 'fetch' && e.height === height && e.peer === fetch.peer),
        ).toBe(true)
      }
    }
    if (at.type === 'verifying') {
      expect(open.some((e) => e.type === 'verify' && e.height === height)).toBe(true)
    }
  }
}

function newWorld(): World {
  return {
    state: initialSyncState(0n, config),
    now: 0,
    open: [],
    announced: new Map(),
    serial: 0,
    done: new Set(),
  }
}

const seed = process.env['SEED'] ?? String(Date.now())

test(`planner › anything happens in any order › no height of [next, target) is forgotten (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  for (let run = 0; run < 40; run++) {
    const world = newWorld()
    for (let i = 0; i < 400; i++) {
      world.now += random.float() * 20
      step(world, nextInput(world, random, false))
      checkInvariants(world)
    }
  }
})

test(`planner › peers answer and time passes › everything announced becomes durable (SEED=${seed})`, () => {
  const random = seededRandom(seed)
  for (let run = 0; run < 20; run++) {
    const world = newWorld()
    for (let i = 0; i < 300; i++) {
      world.now += random.float() * 20
      step(world, nextInput(world, random, false))
    }
    // one honest peer comes and has everything
    const target = syncTarget(world.state)
    world.announced.set('honest', { first: 0n, next: target })
    step(world, {
      type: 'announced',
      peer: 'honest',
      first: 0n,
      next: target,
      graceMs: 0,
      now: world.now,
    })
    for (let i = 0; i < 5_000 && world.state.next < target; i++) {
      world.now += 20
      const effect = world.open.shift()
      if (effect?.type === 'fetch') {
        const type = effect.peer === 'honest' ? 'received' : 'failed'
        step(world, { type, peer: effect.peer, height: effect.height, now: world.now })
      } else if (effect) {
        world.done.add(effect.height)
        step(world, { type: 'verified', peer: effect.peer, height: effect.height, now: world.now })
      }
      let next = world.state.next
      while (world.done.has(next)) next++
      step(world, { type: 'persisted', next, now: world.now })
    }
    // more than that may be durable: a peer that announced it was gone before its block was
    expect(world.state.next >= target, `${world.state.next} of ${target}`).toBe(true)
  }
})
