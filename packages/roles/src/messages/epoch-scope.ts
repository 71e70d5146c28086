import type { Hash32 } from '@zkstack/crypto'
import type { Schedule } from '../schedule/schedule.js'

/** What messages of an epoch are judged by. */
export interface EpochScope {
  readonly genesis: Hash32
  readonly epoch: bigint
  readonly schedule: Schedule
  /** Number of the first block of the epoch; the genesis' `firstBlock` for a static schedule. */
  readonly firstBlock: bigint
}
