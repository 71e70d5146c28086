import type { RefusedConnection } from './network-transport.js'
import { TokenBucket } from './token-bucket.js'

/** Limits of an {@link InboundGate}. */
export interface InboundGateLimits {
  /** Connections that are not upgraded yet, of one host and in all. */
  readonly maxPendingPerHost: number
  readonly maxPending: number
  /** Connections of one host, of any state. */
  readonly maxPerHost: number
  /** Connections let in at once, and per second, of one host and in all. */
  readonly burstPerHost: number
  readonly perSecondPerHost: number
  readonly burst: number
  readonly perSecond: number
  /** Connections that wait to be let in, of one host and in all. */
  readonly maxWaitingPerHost: number
  readonly maxWaiting: number
  /** How long one waits. */
  readonly maxWaitMs: number
}

/** Told what becomes of a connection, once. */
export interface GateVisitor {
  letIn(): void
  refuse(reason: RefusedConnection['reason']): void
}

/** One connection at the gate or behind it. */
export interface Visit {
  /** Nothing of it is pending any more: its key is proven, and it has a multiplexer. */
  upgraded(): void
  /** The connection has ended. */
  closed(now: number): void
}

/** A connection that waits. */
interface Waiter extends GateVisitor {
  readonly host: Host
  readonly since: number
}

/** What is known of a host. */
interface Host {
  readonly name: string
  readonly bucket: TokenBucket
  readonly waiting: Set<Waiter>
  pending: number
  open: number
}

/**
 * Lets a host open only so many connections and so fast, and far fewer of those that have not proven a key yet. What comes faster
 * waits, the oldest of each host first and the hosts in turn; it is refused after a while, or at once when too many wait. So
 * nodes behind one address that come back together are let in one after another, and whoever opens one connection after another
 * has to wait for each.
 *
 * It knows no clock: `now` is monotonic time in milliseconds.
 */
export class InboundGate {
  readonly #limits: InboundGateLimits
  readonly #hosts = new Map<string, Host>()
  /** Hosts without a connection whose bucket is not full yet; those that rest longest come first. */
  readonly #resting = new Set<Host>()
  /** Hosts of which one waits; whose turn is next comes first. */
  readonly #queues = new Set<Host>()
  /** Everyone who waits, the oldest first. */
  readonly #waiting = new Set<Waiter>()
  readonly #bucket: TokenBucket
  #pending = 0

  constructor(limits: InboundGateLimits, now: number) {
    this.#limits = limits
    this.#bucket = new TokenBucket(limits.burst, limits.perSecond, now)
  }

  /** Hosts of which something is kept. */
  get size(): number {
    return this.#hosts.size
  }

  /** Connections that wait: while there are any, {@link serve} is to be called from time to time. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** A connection of a host has come: it is let in, waits, or is refused. */
  arrive(name: string, visitor: GateVisitor, now: number): Visit {
    this.#forgetRested(now)
    const host = this.#hostOf(name, now)
    let state: 'waiting' | 'pending' | 'upgraded' | 'closed' = 'waiting'
    const waiter: Waiter = {
      host,
      since: now,
      letIn: () => {
        state = 'pending'
        this.#count(host, 1)
        host.open++
        visitor.letIn()
      },
      refuse: (reason) => {
        state = 'closed'
        visitor.refuse(reason)
      },
    }
    if (host.waiting.size === 0 && this.#take(host, now)) waiter.letIn()
    else if (this.#hasRoom(host)) this.#enqueue(waiter)
    else {
      waiter.refuse('full')
      this.#rest(host, now)
    }
    return {
      upgraded: () => {
        if (state !== 'pending') return
        state = 'upgraded'
        this.#count(host, -1)
      },
      closed: (at) => {
        if (state === 'closed') return
        if (state === 'waiting') this.#dequeue(waiter)
        else host.open--
        if (state === 'pending') this.#count(host, -1)
        state = 'closed'
        this.#rest(host, at)
      },
    }
  }

  /** Lets those in who may come now, and refuses those who have waited too long. */
  serve(now: number): void {
    for (const waiter of this.#waiting) {
      if (now - waiter.since < this.#limits.maxWaitMs) break
      this.#dequeue(waiter)
      waiter.refuse('waited')
      this.#rest(waiter.host, now)
    }
    // a host that is put at the end comes once more
    for (const host of this.#queues) {
      const [first] = host.waiting
      if (!first || !this.#take(host, now)) continue
      this.#dequeue(first)
      if (this.#queues.delete(host)) this.#queues.add(host)
      first.letIn()
    }
  }

  /** Takes what letting one in costs, if it is there. */
  #take(host: Host, now: number): boolean {
    const { maxPending, maxPendingPerHost, maxPerHost } = this.#limits
    if (host.pending >= maxPendingPerHost || host.open >= maxPerHost) return false
    if (this.#pending >= maxPending || !this.#bucket.hasToken(now)) return false
    return host.bucket.take(now) && this.#bucket.take(now)
  }

  /** Whoever has nobody waiting finds room even if others took all of it, as long as it is not twice as many. */
  #hasRoom({ waiting }: Host): boolean {
    const { maxWaiting, maxWaitingPerHost } = this.#limits
    const most = waiting.size === 0 ? 2 * maxWaiting : maxWaiting
    return waiting.size < maxWaitingPerHost && this.#waiting.size < most
  }

  #enqueue(waiter: Waiter): void {
    waiter.host.waiting.add(waiter)
    this.#queues.add(waiter.host)
    this.#waiting.add(waiter)
  }

  #dequeue(waiter: Waiter): void {
    const { host } = waiter
    this.#waiting.delete(waiter)
    host.waiting.delete(waiter)
    if (host.waiting.size === 0) this.#queues.delete(host)
  }

  #count(host: Host, change: 1 | -1): void {
    host.pending += change
    this.#pending += change
  }

  #hostOf(name: string, now: number): Host {
    const known = this.#hosts.get(name)
    if (known) {
      this.#resting.delete(known)
      return known
    }
    const { burstPerHost, perSecondPerHost } = this.#limits
    const bucket = new TokenBucket(burstPerHost, perSecondPerHost, now)
    const host = { name, bucket, waiting: new Set<Waiter>(), pending: 0, open: 0 }
    this.#hosts.set(name, host)
    return host
  }

  /** Keeps a host without connections until its bucket is full. */
  #rest(host: Host, now: number): void {
    if (host.open > 0 || host.waiting.size > 0) return
    this.#resting.add(host)
    this.#forgetRested(now)
  }

  #forgetRested(now: number): void {
    for (const host of this.#resting) {
      if (!host.bucket.isFull(now)) break
      this.#resting.delete(host)
      this.#hosts.delete(host.name)
    }
  }
}
