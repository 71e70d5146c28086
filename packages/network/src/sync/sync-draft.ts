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

/** Two peers at most are asked for one height. */
const MAX_FETCHES = 2

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
      case 'received':
        return this.#onReceived(input.peer, input.height)
      case 'failed':
        return this.#onFailed(input.peer, input.height)
      case 'verified':
        return this.#onVerified(input.peer, input.height)
      case 'invalid':
        return this.#onInvalid(input.peer, input.height)
      case 'tick':
        return
    }
  }

  /** Makes every height of the window that exists known. */
  fillWindow(): void {
    const target = syncTarget({ next: this.#next, peers: this.#peers })
    this.#settle()
    const end = this.#next + BigInt(this.#old.config.window)
    for (let height = this.#next; height < target && height < end; height++) {
      if (!this.#heights.has(height)) this.#setPending(height, [], this.#graceEnd(height))
    }
  }

  /** Asks peers for what is pending, lowest heights first, and a second peer for what takes long. */
  assign(): void {
    const { hedgeMs } = this.#old.config
    for (const [height, state] of [...this.#heights].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (state.type === 'pending' && state.notBefore <= this.#now) {
        this.#ask(height, { type: 'fetching', fetches: [], failed: state.failed })
      } else if (state.type === 'fetching' && state.fetches.length < MAX_FETCHES) {
        if (state.fetches.every(({ since }) => since + hedgeMs <= this.#now))
          this.#ask(height, state)
      }
    }
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
    const known = this.#peers.get(input.peer)
    const { inflight = 0, lastAsked = 0 } = known ?? {}
    this.#peers.set(input.peer, { first: input.first, next: input.next, inflight, lastAsked })
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
    for (const height of this.#heights.keys()) if (height < next) this.#heights.delete(height)
  }

  #onReceived(peer: PeerName, height: bigint): void {
    this.#answered(peer)
    const state = this.#heights.get(height)
    if (state?.type !== 'fetching' || !state.fetches.some((fetch) => fetch.peer === peer)) return
    this.#heights.set(height, { type: 'verifying', peer, failed: state.failed })
    this.effects.push({ type: 'verify', peer, height })
  }

  #onFailed(peer: PeerName, height: bigint): void {
    this.#answered(peer)
    const state = this.#heights.get(height)
    if (state?.type === 'fetching') this.#dropFetch(height, state, peer, [...state.failed, peer])
  }

  #onVerified(peer: PeerName, height: bigint): void {
    const state = this.#heights.get(height)
    if (state?.type === 'verifying' && state.peer === peer)
      this.#heights.set(height, { type: 'done' })
  }

  #onInvalid(peer: PeerName, height: bigint): void {
    const state = this.#heights.get(height)
    if (state?.type === 'verifying' && state.peer === peer) {
      this.#setPending(height, [...state.failed, peer], this.#now)
    }
  }

  #answered(name: PeerName): void {
    const peer = this.#peers.get(name)
    if (peer && peer.inflight > 0) this.#peers.set(name, { ...peer, inflight: peer.inflight - 1 })
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

  #ask(height: bigint, state: Fetching): void {
    const name = this.#choose(height, state)
    const peer = name === undefined ? undefined : this.#peers.get(name)
    if (name === undefined || !peer) return
    this.#peers.set(name, { ...peer, inflight: peer.inflight + 1, lastAsked: ++this.#requests })
    const fetches = [...state.fetches, { peer: name, since: this.#now }]
    this.#heights.set(height, { ...state, fetches })
    this.effects.push({ type: 'fetch', peer: name, height })
  }

  /** The least busy peer that has the block and is not out of the question. */
  #choose(height: bigint, state: Fetching): PeerName | undefined {
    let best: (SyncPeer & { readonly name: PeerName }) | undefined
    for (const [name, peer] of this.#peers) {
      if (height < peer.first || height >= peer.next || peer.inflight >= this.#old.config.perPeer)
        continue
      if (state.failed.includes(name) || state.fetches.some((fetch) => fetch.peer === name))
        continue
      const better =
        !best ||
        peer.inflight < best.inflight ||
        (peer.inflight === best.inflight && peer.lastAsked < best.lastAsked)
      if (better) best = { ...peer, name }
    }
    return best?.name
  }

  /** Forgets the marks whose grace is over. */
  #settle(): void {
    const open = this.#marks.findIndex(({ at }) => at + this.#graceMs > this.#now)
    const over = open < 0 ? this.#marks : this.#marks.slice(0, open)
    for (const { next } of over) if (next > this.#settled) this.#settled = next
    if (over.length > 0) this.#marks = this.#marks.slice(over.length)
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
