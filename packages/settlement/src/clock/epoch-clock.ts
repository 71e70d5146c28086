import { err, ok, type Result } from '@zkstack/crypto'

/** A clock that counts blocks since its genesis, and epochs of so many blocks. It never goes back. */
export interface EpochClock {
  /** Blocks of an epoch, at least 1. */
  readonly epochDuration: bigint
  /** Blocks since genesis, as far as they were seen: an unsigned 64-bit number. */
  readonly height: bigint
}

/** Epochs one after another, both ends included. */
export interface EpochRange {
  readonly first: bigint
  readonly last: bigint
}

/** A clock after it was told of a height, and the epochs that ended by it. */
export interface AdvancedClock {
  readonly clock: EpochClock
  readonly ended: EpochRange | undefined
}

/** A height beyond 64 bits; no chain comes there. */
export interface ClockOverflow {
  readonly code: 'ClockOverflow'
  readonly height: bigint
}

/** The epoch that is running. */
export function currentEpoch({ height, epochDuration }: EpochClock): bigint {
  return height / epochDuration
}

/** How much of the running epoch is over, from 0 to below 1. */
export function epochProgress({ height, epochDuration }: EpochClock): number {
  return Number(height % epochDuration) / Number(epochDuration)
}

/**
 * Tells a clock of a height. A lower one, of a reorg or of a node that lags, changes nothing; a higher one ends every epoch in
 * between, however many were missed.
 */
export function advanceClock(
  clock: EpochClock,
  height: bigint,
): Result<AdvancedClock, ClockOverflow> {
  if (BigInt.asUintN(64, height) !== height && height > 0n)
    return err({ code: 'ClockOverflow', height })
  if (height <= clock.height) return ok({ clock, ended: undefined })
  const next = { ...clock, height }
  const first = currentEpoch(clock)
  const last = currentEpoch(next) - 1n
  return ok({ clock: next, ended: last < first ? undefined : { first, last } })
}
