import type { Result } from '@zkstack/crypto'
import {
  advanceClock,
  type AdvancedClock,
  type ClockOverflow,
  type EpochClock,
} from './epoch-clock.js'

/** How epochs of seconds are counted. */
export interface TimeConfiguration {
  /** When epoch 0 begins, in milliseconds since 1970: the first start, which must be persisted. */
  readonly genesisMs: number
  /** Seconds of an epoch, at least 1. */
  readonly epochDuration: bigint
}

/**
 * A clock with one block each second.
 * @param height what was persisted of the same clock; 0 for a new one.
 * @throws RangeError when the epoch has no second.
 */
export function timeClock({ epochDuration }: TimeConfiguration, height = 0n): EpochClock {
  if (epochDuration < 1n) throw new RangeError(`epochDuration: expected 1 or more`)
  return { epochDuration, height }
}

/** Tells a time clock what the wall clock says, in milliseconds since 1970; when that jumps back, it stands still. */
export function onTime(
  clock: EpochClock,
  { genesisMs }: TimeConfiguration,
  nowMs: number,
): Result<AdvancedClock, ClockOverflow> {
  return advanceClock(clock, BigInt(Math.max(0, Math.floor((nowMs - genesisMs) / 1000))))
}
