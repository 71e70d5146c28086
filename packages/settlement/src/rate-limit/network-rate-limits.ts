import type { Result } from '@zkstack/crypto'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import { SlidingWindow, type RateLimit, type RateLimited, type RateSlot } from './sliding-window.js'

/** Which limit holds for a network's certificates. */
export interface NetworkRateLimitsOptions {
  /** For networks without one of their own; default `unlimited`. */
  readonly default?: RateLimit
  readonly networks?: ReadonlyMap<NetworkId, RateLimit>
}

/** Idle windows are dropped when there are so many. */
const manyWindows = 1024

/** A {@link SlidingWindow} for each network. */
export class NetworkRateLimits {
  readonly #o: NetworkRateLimitsOptions
  readonly #windows = new Map<NetworkId, SlidingWindow>()

  constructor(o: NetworkRateLimitsOptions = {}) {
    this.#o = o
  }

  /** Takes a slot of a network if one is free. */
  reserve(networkId: NetworkId, nowMs: number): Result<RateSlot, RateLimited> {
    return this.#window(networkId, nowMs).reserve(nowMs)
  }

  #window(networkId: NetworkId, nowMs: number): SlidingWindow {
    const known = this.#windows.get(networkId)
    if (known !== undefined) return known
    if (this.#windows.size >= manyWindows) this.#dropIdle(nowMs)
    const limit = this.#o.networks?.get(networkId) ?? this.#o.default ?? 'unlimited'
    const window = new SlidingWindow(limit)
    this.#windows.set(networkId, window)
    return window
  }

  #dropIdle(nowMs: number): void {
    for (const [networkId, window] of this.#windows)
      if (window.isIdle(nowMs)) this.#windows.delete(networkId)
  }
}
