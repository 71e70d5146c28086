import type { Random } from '@zkstack/concurrency'
import { initialSyncState, type planSync } from '../../src/sync/planner.js'
import {
  syncTarget,
  type SyncConfig,
  type SyncEffect,
  type SyncInput,
  type SyncState,
} from '../../src/sync/sync-state.js'

/** What is under test: the planner, or one with a fault. */
export type Planner = typeof planSync

/** Small bounds, so that all of them are met. */
export const config: SyncConfig = {
  window: 16,
  windowBytes: 2_000,
  answerBytes: 300,
  perPeer: 3,
  perRequest: 4,
  hedgeMs: 50,
}

/** Bytes of a block, at most a third of an answer. */
const maxBlockBytes = 100

/** A peer: what it says that it has, what it has, and how it is. */
interface WorldPeer {
  readonly name: string
  first: bigint
  next: bigint
  /** `silent` never answers, `liar` gives wrong blocks, `empty` has nothing of what it says. */
  readonly manner: 'honest' | 'slow' | 'silent' | 'liar' | 'empty'
}

function fail(what: string): never {
  throw new Error(what)
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[Math.floor(random.float() * items.length)]
}

/** Peers that come, go, stall, lie and prune around a planner, and a disk that takes what was verified. */
export class SyncWorld {
  state: SyncState
  now = 0
  readonly #plan: Planner
  readonly #random: Random
  readonly #peers = new Map<string, WorldPeer>()
  /** Requests and verifications under way. */
  #open: SyncEffect[] = []
  /** Verified, to be written once their turn comes. */
  readonly #right = new Set<bigint>()
  #serial = 0

  constructor(plan: Planner, random: Random) {
    this.#plan = plan
    this.#random = random
    this.state = initialSyncState(0n, config)
  }

  /** Something happens, whatever it is. @throws Error for a broken invariant. */
  step(): void {
    const random = this.#random
    this.now += random.float() * 20
    const roll = random.float()
    const peer = pick(random, [...this.#peers.values()])
    if (roll < 0.05 || !peer) this.#join()
    else if (roll < 0.1) this.#leave(peer)
    else if (roll < 0.2) this.#grow(peer)
    else if (roll < 0.25) this.#prune(peer)
    else if (roll < 0.35) this.#give({ type: 'tick', now: this.now })
    else if (roll < 0.5) this.#persist(random.float() < 0.1)
    else this.#settle(pick(random, this.#open))
  }

  /** An honest peer with everything comes, the silent ones time out, the others answer. @throws Error when a height is lost. */
  finish(): void {
    for (const peer of this.#peers.values()) if (peer.manner === 'silent') this.#leave(peer)
    const target = syncTarget(this.state)
    this.#announce({ name: 'archive', first: 0n, next: target, manner: 'honest' })
    for (let i = 0; i < 10_000 && this.state.next < target; i++) {
      this.now += 20
      this.#settle(this.#open[i % Math.max(1, this.#open.length)])
      this.#give({ type: 'tick', now: this.now })
      this.#persist(false)
    }
    if (this.state.next < target) fail(`height ${this.state.next} of ${target} is lost`)
  }

  #join(): void {
    const manners = ['honest', 'slow', 'silent', 'liar', 'empty'] as const
    const manner = pick(this.#random, manners) ?? 'honest'
    const first = BigInt(Math.floor(this.#random.float() * 6))
    const next = first + BigInt(Math.floor(this.#random.float() * 40))
    this.#announce({ name: `p${this.#serial++}`, first, next, manner })
  }

  #leave({ name }: WorldPeer): void {
    this.#peers.delete(name)
    this.#open = this.#open.filter((e) => e.type === 'verify' || e.peer !== name)
    this.#give({ type: 'gone', peer: name, now: this.now })
  }

  #grow(peer: WorldPeer): void {
    this.#announce({ ...peer, next: peer.next + BigInt(Math.floor(this.#random.float() * 20)) })
  }

  /** Not all peers tell at once. */
  #prune(peer: WorldPeer): void {
    const first = peer.first + BigInt(Math.floor(this.#random.float() * 4))
    const pruned = { ...peer, first: first < peer.next ? first : peer.next }
    if (this.#random.float() < 0.5) this.#announce(pruned)
    else this.#peers.set(peer.name, pruned)
  }

  #announce(peer: WorldPeer): void {
    this.#peers.set(peer.name, peer)
    const { name, first, next } = peer
    const graceMs = this.#random.float() < 0.5 ? 0 : 30
    this.#give({ type: 'announced', peer: name, first, next, graceMs, now: this.now })
  }

  #persist(ahead: boolean): void {
    let next = this.state.next
    while (this.#right.has(next)) next++
    // consensus brings a block by itself
    if (ahead) next++
    this.#give({ type: 'persisted', next, now: this.now })
  }

  #settle(effect: SyncEffect | undefined): void {
    if (!effect) return
    const peer = this.#peers.get(effect.peer)
    const { now } = this
    if (effect.type === 'fetch' && peer?.manner === 'silent') return
    this.#open.splice(this.#open.indexOf(effect), 1)
    if (effect.type === 'fetch') {
      const { first, count } = effect
      const sizes = this.#sizesOf(peer, effect)
      this.#give({ type: 'answered', peer: effect.peer, first, count, sizes, now })
      return
    }
    if (peer?.manner === 'liar') {
      const [height, ...rest] = effect.heights
      if (rest.length > 0) this.#open.push({ ...effect, heights: rest })
      if (height !== undefined) this.#give({ type: 'invalid', peer: effect.peer, height, now })
      return
    }
    for (const height of effect.heights) this.#right.add(height)
    this.#give({ type: 'verified', peer: effect.peer, heights: effect.heights, now })
  }

  /** What comes of what was asked: nothing, some or all. */
  #sizesOf(
    peer: WorldPeer | undefined,
    { first, count }: { first: bigint; count: number },
  ): number[] {
    if (!peer || peer.manner === 'empty' || first < peer.first) return []
    const there = Math.min(count, Number(peer.next - first))
    const given = peer.name === 'archive' ? there : Math.ceil(this.#random.float() * there)
    return Array.from({ length: Math.min(3, given) }, () =>
      Math.ceil(this.#random.float() * maxBlockBytes),
    )
  }

  #give(input: SyncInput): void {
    const { state, effects } = this.#plan(this.state, input)
    this.state = state
    this.#open.push(...effects)
    this.#check(effects)
  }

  #check(effects: readonly SyncEffect[]): void {
    const { state } = this
    for (const effect of effects) if (effect.type === 'fetch') this.#checkFetch(effect)
    const end = state.next + BigInt(config.window)
    const target = syncTarget(state)
    for (let height = state.next; height < target && height < end; height++)
      if (!state.heights.has(height)) fail(`height ${height} of [${state.next}, ${target}) is lost`)
    let expected = state.next
    for (const [height, at] of state.heights) {
      if (height !== expected++ || height >= end) fail(`height ${height} is out of place`)
      if (at.type === 'done' && !this.#right.has(height))
        fail(`height ${height} was never verified`)
      if (at.type === 'fetching') {
        if (at.fetches.length < 1 || at.fetches.length > 2) fail(`${at.fetches.length} fetches`)
        for (const { peer } of at.fetches)
          if (!this.#isOpen('fetch', peer, height)) fail(`nobody is asked for ${height}`)
      }
      if (at.type === 'verifying' && !this.#isOpen('verify', at.peer, height))
        fail(`nobody verifies ${height}`)
    }
    this.#checkBytes()
  }

  #checkFetch({ peer: name, first, count }: Extract<SyncEffect, { type: 'fetch' }>): void {
    const peer = this.state.peers.get(name)
    if (!peer || !this.#peers.has(name)) fail(`${name} is asked and not there`)
    if (first < peer.first || first + BigInt(count) > peer.next)
      fail(`${name} is asked for what it does not have`)
    if (count < 1 || count > config.perRequest) fail(`${count} heights in a request`)
    if (peer.inflight > config.perPeer) fail(`${peer.inflight} requests at ${name}`)
  }

  /** What is held and what may come fits into the window. */
  #checkBytes(): void {
    let bytes = 0
    for (const [name, { inflight }] of this.state.peers) {
      const open = this.#open.filter((e) => e.type === 'fetch' && e.peer === name).length
      if (open !== inflight) fail(`${name} has ${open} requests, counted as ${inflight}`)
      bytes += inflight * config.answerBytes
    }
    for (const at of this.state.heights.values()) if ('bytes' in at) bytes += at.bytes
    if (bytes > config.windowBytes) fail(`${bytes} bytes are held`)
  }

  #isOpen(type: SyncEffect['type'], peer: string, height: bigint): boolean {
    return this.#open.some((e) => {
      if (e.type !== type || e.peer !== peer) return false
      if (e.type === 'verify') return e.heights.includes(height)
      return height >= e.first && height < e.first + BigInt(e.count)
    })
  }
}
