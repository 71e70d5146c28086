import type { Clock, Ctx, Logger } from '@zkstack/concurrency'
import type { HeadSigns, L1Client } from '@zkstack/l1'
import { onBlock } from '../clock/block-clock.js'
import { currentEpoch, type AdvancedClock, type EpochClock } from '../clock/epoch-clock.js'
import { onTime } from '../clock/time-clock.js'
import type { SettlementEngine } from '../runner/settlement-engine.js'
import type { ClockRecord } from '../storage/records.js'
import { brokenInvariant } from '../storage/settlement-storage-error.js'
import type { ClockEvent } from './clock-event.js'

/** What a {@link ClockDriver} needs. */
export interface ClockDriverOptions {
  readonly l1: Pick<L1Client, 'block'>
  readonly engine: Pick<SettlementEngine, 'openEpoch'>
  readonly record: ClockRecord
  readonly pollIntervalMs: number
  /** At which L1 is asked at once, besides. */
  readonly signs: HeadSigns
  readonly time: Clock
  readonly logger: Logger
  readonly onEpoch: (epoch: bigint) => void
  readonly onEvent: (event: ClockEvent) => void
}

/** Tells the clock of L1's heads, or of the time, and opens each epoch as it begins. */
export class ClockDriver {
  readonly #o: ClockDriverOptions
  #clock: EpochClock
  /** The last block that L1 said is its newest. */
  #head: bigint | undefined
  #isAnswered = true

  constructor(o: ClockDriverOptions) {
    this.#o = o
    this.#clock = { height: o.record.height, epochDuration: o.record.epochDuration }
  }

  async run(ctx: Ctx): Promise<never> {
    const { signs, pollIntervalMs } = this.#o
    for (;;) {
      const seen = signs.count
      const clock = await this.#advanced(ctx)
      if (clock !== undefined && clock.height > this.#clock.height) await this.#move(clock)
      await signs.next(ctx, seen, pollIntervalMs)
    }
  }

  /** `undefined`: nobody says what time it is. */
  async #advanced(ctx: Ctx): Promise<EpochClock | undefined> {
    const { record, time } = this.#o
    const { epochDuration } = record
    if (record.type === 'time') {
      const configuration = { epochDuration, genesisMs: Number(record.genesis) }
      const advanced = onTime(this.#clock, configuration, time.nowUtc())
      return advanced.ok ? advanced.value.clock : undefined
    }
    const head = await this.#ask(ctx)
    const advanced = head === undefined ? undefined : this.#at(head)
    if (head === undefined || advanced?.ended === undefined) return advanced?.clock
    // Epochs end for good, and the clock never goes back: two answers must say so.
    const again = await this.#ask(ctx)
    return again === undefined ? undefined : this.#at(again < head ? again : head)?.clock
  }

  /** The clock at a head of L1; `undefined`: there can be no such head. */
  #at(head: bigint): AdvancedClock | undefined {
    const { genesis, epochDuration } = this.#o.record
    const advanced = onBlock(this.#clock, { epochDuration, genesisBlock: genesis }, head)
    return advanced.ok ? advanced.value : undefined
  }

  /** `undefined`: L1 does not say where it is. */
  async #ask(ctx: Ctx): Promise<bigint | undefined> {
    const { l1, logger, onEvent } = this.#o
    if (!this.#isAnswered) onEvent({ type: 'askedAgain' })
    const head = await l1.block('latest', ctx)
    this.#isAnswered = head.ok && head.value !== undefined
    if (!head.ok || head.value === undefined) {
      const reason = head.ok ? 'L1 has no block' : head.error.message
      logger.warn('L1 gives no head for the clock', { reason })
      onEvent({ type: 'noHead', reason })
      return undefined
    }
    const { number } = head.value
    const before = this.#head ?? number
    onEvent({ type: 'head', number, late: number > before ? number - before - 1n : 0n })
    this.#head = number > before ? number : before
    return number
  }

  async #move(clock: EpochClock): Promise<void> {
    const before = currentEpoch(this.#clock)
    const epoch = currentEpoch(clock)
    const { engine, record, onEpoch } = this.#o
    const opened = await engine.openEpoch(epoch, { ...record, height: clock.height })
    if (!opened.ok) throw brokenInvariant(`epoch ${epoch} is packed, and the clock is at it`)
    this.#clock = clock
    if (epoch !== before) onEpoch(epoch)
  }
}
