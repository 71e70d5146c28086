import { RequestPlan } from './request-plan.js'
import {
  syncTarget,
  type HeightState,
  type PeerName,
  type SyncEffect,
  type SyncInput,
  type SyncPeer,
  type SyncState,
  type TargetMark,
} from './sync-state.js'

type Fetching = Extract<HeightState, { type: 'fetching' }>

/** The next state while it is being made: copies of the maps, changed in place. */
export class SyncDraft {
  readonly effects: SyncEffect[] = []
  readonly #old: SyncState
  readonly #now: number
  readonly #peers: Map<PeerName, SyncPeer>
  readonly #heights: Map<bigint, HeightState>
  #next: bigint
  #requests: number
  #graceMs: number
  #settled: bigint
  #marks: readonly TargetMark[]

  constructor(state: SyncState, now: number) {
    this.#old = state
    this.#now = now
    this.#peers = new Map(state.peers)
    this.#heights = new Map(state.heights)
    this.#next = state.next
    this.#requests = state.requests
    this.#graceMs = state.graceMs
    this.#settled = state.settled
    this.#marks = state.marks
  }

  apply(input: SyncInput): void {
    switch (input.type) {
      case 'announced':
        return this.#onAnnounced(input)
      case 'gone':
        return this.#onGone(input.peer)
      case 'persisted':
        return this.#onPersisted(input.next)
      case 'answered':
        return this.#onAnswered(input)
      case 'verified':
        return this.#onVerified(input.peer, input.heights)
      case 'invalid':
        return this.#onInvalid(input.peer, input.height)
      case 'tick':
        return
    }
  }

  /** Makes every height of the window that exists known, and none that does not. */
  fillWindow(): void {
    const target = syncTarget({ next: this.#next, peers: this.#peers })
    this.#settle()
    this.#forgetBeyond(target)
    const end = this.#next + BigInt(this.#old.config.window)
    // what is known has no gap
    const known = this.#next + BigInt(this.#heights.size)
    for (let height = known; height < target && height < end; height++) {
      this.#setPending(height, [], this.#graceEnd(height))
    }
  }

  /** Asks peers for what is pending, lowest heights first, and a second peer for what takes long. */
  assign(): void {
    const plan = new RequestPlan({
      config: this.#old.config,
      next: this.#next,
      peers: this.#peers,
      heights: this.#heights,
      requests: this.#requests,
      now: this.#now,
    })
    this.effects.push(...plan.make())
    this.#requests = plan.requests
  }

  finish(): SyncState {
    return {
      config: this.#old.config,
      next: this.#next,
      peers: this.#peers,
      heights: this.#heights,
      requests: this.#requests,
      graceMs: this.#graceMs,
      settled: this.#settled,
      marks: this.#marks,
    }
  }

  #onAnnounced(input: Extract<SyncInput, { type: 'announced' }>): void {
    const before = syncTarget({ next: this.#next, peers: this.#peers })
    const { isLastResort = false } = input
    const known = this.#peers.get(input.peer)
    const { inflight = 0, lastAsked = 0 } = known ?? {}
    const first = known && known.first > input.first ? known.first : input.first
    this.#peers.set(input.peer, { first, next: input.next, isLastResort, inflight, lastAsked })
    this.#graceMs = input.graceMs
    if (input.next > before) this.#marks = [...this.#marks, { next: input.next, at: this.#now }]
    for (const [height, state] of this.#heights) {
      if (state.type !== 'done' && state.failed.includes(input.peer)) {
        this.#heights.set(height, { ...state, failed: without(state.failed, input.peer) })
      }
    }
  }

  #onGone(peer: PeerName): void {
    this.#peers.delete(peer)
    for (const [height, state] of this.#heights) {
      if (state.type === 'fetching')
        this.#dropFetch(height, state, peer, without(state.failed, peer))
    }
  }

  #onPersisted(next: bigint): void {
    if (next <= this.#next) return
    this.#next = next
    for (const height of this.#heights.keys()) {
      if (height >= next) return
      this.#heights.delete(height)
    }
  }

  #onAnswered({ peer: name, first, count, sizes }: Extract<SyncInput, { type: 'answered' }>): void {
    const peer = this.#peers.get(name)
    if (peer && peer.inflight > 0) this.#peers.set(name, { ...peer, inflight: peer.inflight - 1 })
    const wanted: bigint[] = []
    for (let i = 0; i < count; i++) {
      const height = first + BigInt(i)
      const state = this.#heights.get(height)
      if (state?.type !== 'fetching') continue
      const bytes = sizes[i]
      if (bytes === undefined) {
        const failed = sizes.length === 0 ? [...without(state.failed, name), name] : state.failed
        this.#dropFetch(height, state, name, failed)
      } else if (state.fetches.some((fetch) => fetch.peer === name)) {
        this.#heights.set(height, { type: 'verifying', peer: name, bytes, failed: state.failed })
        wanted.push(height)
      }
    }
    if (wanted.length > 0) this.effects.push({ type: 'verify', peer: name, heights: wanted })
  }

  #onVerified(peer: PeerName, heights: readonly bigint[]): void {
    for (const height of heights) {
      const state = this.#heights.get(height)
      if (state?.type === 'verifying' && state.peer === peer)
        this.#heights.set(height, { type: 'done', bytes: state.bytes })
    }
  }

  #onInvalid(peer: PeerName, height: bigint): void {
    const state = this.#heights.get(height)
    if (state?.type === 'verifying' && state.peer === peer) {
      this.#setPending(height, [...without(state.failed, peer), peer], this.#now)
    }
  }

  #dropFetch(height: bigint, state: Fetching, peer: PeerName, failed: readonly PeerName[]): void {
    const fetches = state.fetches.filter((fetch) => fetch.peer !== peer)
    if (fetches.length === state.fetches.length) return
    if (fetches.length > 0) this.#heights.set(height, { type: 'fetching', fetches, failed })
    else this.#setPending(height, failed, this.#now)
  }

  #setPending(height: bigint, failed: readonly PeerName[], notBefore: number): void {
    this.#heights.set(height, { type: 'pending', notBefore, failed })
  }

  /** Forgets the marks whose grace is over. */
  #settle(): void {
    const open = this.#marks.findIndex(({ at }) => at + this.#graceMs > this.#now)
    const over = open < 0 ? this.#marks : this.#marks.slice(0, open)
    for (const { next } of over) if (next > this.#settled) this.#settled = next
    if (over.length > 0) this.#marks = this.#marks.slice(over.length)
  }

  /** Nobody there says any more that heights from the target on exist: they are as if never announced. */
  #forgetBeyond(target: bigint): void {
    for (let last = this.#next + BigInt(this.#heights.size) - 1n; last >= target; last--) {
      if (this.#heights.get(last)?.type !== 'pending') break
      this.#heights.delete(last)
    }
    if (this.#settled > target) this.#settled = target
    if (this.#marks.some(({ next }) => next > target))
      this.#marks = this.#marks.map(({ next, at }) => ({ next: next < target ? next : target, at }))
  }

  /** Until when the block of that height may come by itself. */
  #graceEnd(height: bigint): number {
    if (height < this.#settled) return this.#now
    const mark = this.#marks.find(({ next }) => height < next)
    return mark ? mark.at + this.#graceMs : this.#now
  }
}

function without(names: readonly PeerName[], name: PeerName): readonly PeerName[] {
  return names.filter((other) => other !== name)
}
