import { err, ok, type Result } from '@zkstack/crypto'
import type { ClockRecord } from '../storage/records.js'
import type { EpochClock } from './epoch-clock.js'

/** How epochs are configured: by blocks of L1 since one, or by seconds since a moment. */
export type ClockConfiguration = Omit<ClockRecord, 'height'>

/** The epochs of a database were counted in another way: their numbers would mean something else. */
export interface ClockMismatch {
  readonly code: 'ClockMismatch'
  readonly stored: ClockConfiguration
  readonly configured: ClockConfiguration
}

/** A clock with what is to be stored of it. */
export interface ResumedClock {
  readonly clock: EpochClock
  readonly record: ClockRecord
}

/**
 * Takes a clock up where it was stored. A time clock keeps the genesis of its first start; everything else must be as it was.
 * @throws RangeError when the epoch has no block.
 */
export function resumeClock(
  stored: ClockRecord | undefined,
  configured: ClockConfiguration,
): Result<ResumedClock, ClockMismatch> {
  if (configured.epochDuration < 1n) throw new RangeError('epochDuration: expected 1 or more')
  const record = stored ?? { ...configured, height: 0n }
  const isSame =
    record.type === configured.type &&
    record.epochDuration === configured.epochDuration &&
    (record.type === 'time' || record.genesis === configured.genesis)
  if (!isSame) return err({ code: 'ClockMismatch', stored: record, configured })
  const { epochDuration, height } = record
  return ok({ clock: { epochDuration, height }, record })
}
