import type { Clock, Ctx, Logger } from '@zkstack/concurrency'
import type { L1Client } from '@zkstack/l1'
import { onBlock } from '../clock/block-clock.js'
import { currentEpoch, type EpochClock } from '../clock/epoch-clock.js'
import { onTime } from '../clock/time-clock.js'
import type { SettlementEngine } from '../runner/settlement-engine.js'
import type { ClockRecord } from '../storage/records.js'
import { brokenInvariant } from '../storage/settlement-storage-error.js'

/** What a {@link ClockDriver} needs. */
export interface ClockDriverOptions {
  readonly l1: L1Client
  readonly engine: Pick<SettlementEngine, 'openEpoch'>
  readonly record: ClockRecord
  readonly pollIntervalMs: number
  readonly time: Clock
  readonly logger: Logger
  readonly onEpoch: (epoch: bigint) => void
}

/** Tells the clock of L1's heads, or of the time, and opens each epoch as it begins. */
export class ClockDriver {
  readonly #o: ClockDriverOptions
  #clock: EpochClock

  constructor(o: ClockDriverOptions) {
    this.#o = o
    this.#clock = { height: o.record.height, epochDuration: o.record.epochDuration }
  }

  async run(ctx: Ctx): Promise<never> {
    for (;;) {
      const clock = await this.#advanced(ctx)
      if (clock !== undefined && clock.height > this.#clock.height) await this.#move(clock)
      await ctx.sleep(this.#o.pollIntervalMs)
    }
  }

  /** `undefined`: L1 does not say where it is. */
  async #advanced(ctx: Ctx): Promise<EpochClock | undefined> {
    const { record, l1, time, logger } = this.#o
    const { epochDuration } = record
    if (record.type === 'time') {
      const configuration = { epochDuration, genesisMs: Number(record.genesis) }
      const advanced = onTime(this.#clock, configuration, time.nowUtc())
      return advanced.ok ? advanced.value.clock : undefined
    }
    const head = await l1.block('latest', ctx)
    if (!head.ok) {
      logger.warn('L1 gives no head for the clock', { reason: head.error.message })
      return undefined
    }
    if (head.value === undefined) return undefined
    const configuration = { epochDuration, genesisBlock: record.genesis }
    const advanced = onBlock(this.#clock, configuration, head.value.number)
    return advanced.ok ? advanced.value.clock : undefined
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
