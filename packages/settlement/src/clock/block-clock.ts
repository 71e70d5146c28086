import type { Result } from '@zkstack/crypto'
import type { EpochConfiguration } from '../types/epoch-configuration.js'
import {
  advanceClock,
  type AdvancedClock,
  type ClockOverflow,
  type EpochClock,
} from './epoch-clock.js'

/**
 * A clock that runs with the blocks of L1.
 * @param height what was persisted of the same clock; 0 for a new one.
 * @throws RangeError when the epoch has no block.
 */
export function blockClock({ epochDuration }: EpochConfiguration, height = 0n): EpochClock {
  if (epochDuration < 1n) throw new RangeError(`epochDuration: expected 1 or more`)
  return { epochDuration, height }
}

/** Tells a block clock of an L1 head; below the genesis block it stands at 0. */
export function onBlock(
  clock: EpochClock,
  { genesisBlock }: EpochConfiguration,
  head: bigint,
): Result<AdvancedClock, ClockOverflow> {
  return advanceClock(clock, head < genesisBlock ? 0n : head - genesisBlock)
}
