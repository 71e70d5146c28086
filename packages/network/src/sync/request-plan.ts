import type {
  Fetch,
  HeightState,
  PeerName,
  SyncConfig,
  SyncEffect,
  SyncPeer,
  SyncState,
} from './sync-state.js'

type FetchEffect = Extract<SyncEffect, { type: 'fetch' }>
type Open = Extract<HeightState, { type: 'pending' | 'fetching' }>

/** Two peers at most are asked for one height. */
const MAX_FETCHES = 2

/** Room for a request and its hedge. */
const KEPT_ANSWERS = 2

/** The maps of a draft, changed in place, and what decides about requests. */
export interface RequestPlanInit extends Pick<SyncState, 'config' | 'next' | 'requests'> {
  readonly peers: Map<PeerName, SyncPeer>
  readonly heights: Map<bigint, HeightState>
  readonly now: number
}

/**
 * Decides whom to ask for what: runs of heights, lowest first, shared out among the peers that have them. A peer that owes an
 * answer for long is asked last, and somebody else is asked for what it owes.
 */
export class RequestPlan {
  requests: number
  readonly #config: SyncConfig
  readonly #next: bigint
  readonly #now: number
  readonly #peers: Map<PeerName, SyncPeer>
  readonly #heights: Map<bigint, HeightState>
  /** Peers with a request that has been out for longer than the hedge. */
  readonly #slow = new Set<PeerName>()
  readonly #effects: FetchEffect[] = []
  #bytes = 0

  constructor(o: RequestPlanInit) {
    this.requests = o.requests
    this.#config = o.config
    this.#next = o.next
    this.#now = o.now
    this.#peers = o.peers
    this.#heights = o.heights
  }

  /** Makes the requests that can be made now. */
  make(): readonly FetchEffect[] {
    if (!this.#mayAsk()) return []
    const pending: bigint[] = []
    const late: bigint[] = []
    for (const [height, state] of this.#heights) {
      if (state.type === 'pending') {
        if (state.notBefore <= this.#now) pending.push(height)
      } else if (state.type === 'fetching') {
        const overdue = state.fetches.filter((fetch) => this.#isOverdue(fetch))
        for (const { peer } of overdue) this.#slow.add(peer)
        const isLate = overdue.length === state.fetches.length && overdue.length < MAX_FETCHES
        if (isLate) late.push(height)
      } else this.#bytes += state.bytes
    }
    if (pending.length + late.length === 0) return []
    for (const { inflight } of this.#peers.values())
      this.#bytes += inflight * this.#config.answerBytes
    if (!this.#mayGrow(pending)) this.#ask(pending)
    this.#ask(late)
    return this.#effects
  }

  /** Whether any peer may be asked for more. */
  #mayAsk(): boolean {
    for (const { inflight } of this.#peers.values()) {
      if (inflight < this.#config.perPeer) return true
    }
    return false
  }

  /**
   * Whether a short run at the end of a full window may wait for the blocks after it, because much is under way before it: that will
   * move the window, and nobody asks for a few blocks at a time.
   */
  #mayGrow(pending: readonly bigint[]): boolean {
    const { window, perRequest } = this.#config
    const before = this.#heights.size - pending.length
    return (
      pending.length < perRequest / 2 &&
      this.#heights.size >= window &&
      before >= window / 2 &&
      pending[0] === this.#next + BigInt(before)
    )
  }

  #isOverdue({ since }: Fetch): boolean {
    return since + this.#config.hedgeMs <= this.#now
  }

  /** Cuts heights, given ascending, into runs and asks a peer for each run. */
  #ask(heights: readonly bigint[]): void {
    const longest = this.#longestRun(heights.length)
    let run: { readonly peer: PeerName; readonly first: bigint; count: number } | undefined
    const finish = (): void => {
      if (run) this.#effects.push({ type: 'fetch', ...run })
    }
    for (const height of heights) {
      const state = this.#heights.get(height)
      if (state?.type !== 'pending' && state?.type !== 'fetching') continue
      const follows = run && height === run.first + BigInt(run.count) && run.count < longest
      if (run && follows && this.#canGive(run.peer, height, state)) {
        run.count++
      } else {
        const peer = this.#hasRoom(height) ? this.#choose(height, state) : undefined
        if (peer === undefined) continue
        finish()
        run = { peer, first: height, count: 1 }
        this.#charge(peer)
      }
      const fetches = state.type === 'fetching' ? state.fetches : []
      this.#heights.set(height, {
        type: 'fetching',
        fetches: [...fetches, { peer: run.peer, since: this.#now }],
        failed: state.failed,
      })
    }
    finish()
  }

  /** So long that every peer with room gets a part. */
  #longestRun(heights: number): number {
    let free = 0
    for (const { inflight, isLastResort } of this.#peers.values())
      if (!isLastResort && inflight < this.#config.perPeer) free++
    return Math.min(this.#config.perRequest, Math.ceil(heights / Math.max(1, free)))
  }

  /** Whether another answer fits into memory, of which a part is kept for the block that all others wait for. */
  #hasRoom(height: bigint): boolean {
    const { answerBytes, windowBytes } = this.#config
    const kept = height === this.#next ? 0 : KEPT_ANSWERS * answerBytes
    return this.#bytes + answerBytes + kept <= windowBytes
  }

  #charge(name: PeerName): void {
    const peer = this.#peers.get(name)
    if (!peer) return
    this.#peers.set(name, { ...peer, inflight: peer.inflight + 1, lastAsked: ++this.requests })
    this.#bytes += this.#config.answerBytes
  }

  /** The best peer that has the block, is not out of the question and may be asked more. */
  #choose(height: bigint, state: Open): PeerName | undefined {
    let best: (SyncPeer & { readonly name: PeerName; readonly isSlow: boolean }) | undefined
    let isElsewhere = false
    for (const [name, peer] of this.#peers) {
      if (!this.#canGive(name, height, state)) continue
      if (!peer.isLastResort) isElsewhere = true
      if (peer.inflight >= this.#config.perPeer) continue
      const candidate = { ...peer, name, isSlow: this.#slow.has(name) }
      if (!best || isBetter(candidate, best)) best = candidate
    }
    // those who have it and are busy now will be free again
    return best?.isLastResort === true && isElsewhere ? undefined : best?.name
  }

  #canGive(name: PeerName, height: bigint, state: Open): boolean {
    const peer = this.#peers.get(name)
    if (!peer || height < peer.first || height >= peer.next) return false
    if (state.failed.includes(name)) return false
    return state.type === 'pending' || !state.fetches.some((fetch) => fetch.peer === name)
  }
}

function isBetter(
  a: SyncPeer & { readonly isSlow: boolean },
  b: SyncPeer & { readonly isSlow: boolean },
): boolean {
  if (a.isLastResort !== b.isLastResort) return b.isLastResort
  if (a.isSlow !== b.isSlow) return b.isSlow
  if (a.inflight !== b.inflight) return a.inflight < b.inflight
  return a.lastAsked < b.lastAsked
}
