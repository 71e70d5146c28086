import type { SeededRandom } from '@zkstack/concurrency'
import type { Scheduler } from './scheduler.js'

/** How bad a link is while a fault lasts; probabilities from 0 to 1. */
export interface LinkTrouble {
  /** Consensus messages that never arrive. */
  readonly loss: number
  /** Consensus messages that arrive twice. */
  readonly duplicate: number
  /** Consensus messages that others overtake. */
  readonly reorder: number
  /** Added to the delay, in milliseconds. */
  readonly delayMs: number
}

const noTrouble: LinkTrouble = { loss: 0, duplicate: 0, reorder: 0, delayMs: 0 }

/** How much longer than its delay a frame may take, as a part of the delay. */
export const jitter = 0.2

/** How much later a frame may come that others overtake, in delays. */
const overtaken = 4

/** What one link needs. */
export interface SimulatedLinkInit {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly delayMs: number
}

/**
 * The line from one node to another. What it carries arrives whole and in order, as over TCP, unless the sender allows
 * otherwise; while it is held, everything waits, as behind a firewall that drops packets.
 */
export class SimulatedLink {
  /** What is wrong with it now. */
  trouble: LinkTrouble = noTrouble
  readonly #init: SimulatedLinkInit
  readonly #held: (() => void)[] = []
  #isHeld = false

  constructor(init: SimulatedLinkInit) {
    this.#init = init
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Ends all trouble. */
  mend(): void {
    this.trouble = noTrouble
  }

  /** From now on nothing arrives until {@link release}. */
  hold(): void {
    this.#isHeld = true
  }

  /** Lets what was held arrive, in its order. */
  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    const { scheduler } = this.#init
    const at = scheduler.now + this.#delay()
    for (const arrive of this.#held.splice(0)) scheduler.at(at, () => this.#arrive(arrive))
  }

  /**
   * Carries something; `arrive` is called when it arrives, not before `notBefore`. Returns that moment, for the next one on the
   * same connection.
   */
  carry(arrive: () => void, notBefore: number): number {
    const { scheduler } = this.#init
    const at = Math.max(scheduler.now + this.#delay(), notBefore)
    scheduler.at(at, () => this.#arrive(arrive))
    return at
  }

  /** Carries a consensus message, which may get lost, come twice and be overtaken; says what became of it. */
  carryLossy(
    arrive: () => void,
    notBefore: number,
  ): { readonly at: number; readonly copies: number } {
    const { random, scheduler } = this.#init
    const { loss, duplicate, reorder } = this.trouble
    if (loss === 0 && duplicate === 0 && reorder === 0) {
      return { at: this.carry(arrive, notBefore), copies: 1 }
    }
    if (random.float() < loss) return { at: notBefore, copies: 0 }
    const copies = random.float() < duplicate ? 2 : 1
    if (copies === 2) this.#carryLate(arrive, notBefore)
    if (random.float() < reorder) {
      this.#carryLate(arrive, notBefore)
      return { at: Math.max(notBefore, scheduler.now), copies }
    }
    return { at: this.carry(arrive, notBefore), copies }
  }

  #carryLate(arrive: () => void, notBefore: number): void {
    const { random, scheduler } = this.#init
    const at = Math.max(scheduler.now + this.#delay() * (1 + overtaken * random.float()), notBefore)
    scheduler.at(at, () => this.#arrive(arrive))
  }

  #delay(): number {
    const { random, delayMs } = this.#init
    return delayMs * (1 + jitter * random.float()) + this.trouble.delayMs
  }

  #arrive(arrive: () => void): void {
    if (this.#isHeld) this.#held.push(arrive)
    else arrive()
  }
}
