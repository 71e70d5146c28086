import { err, ok, type Result } from '@zkstack/crypto'
import type { EpochRange } from '../clock/epoch-clock.js'

/** What is to be done so that the clock's epoch is the open one. */
export interface EpochPlan {
  /** Epochs to pack, all at once; none when the open one is the clock's. */
  readonly pack: EpochRange | undefined
  /** The epoch that takes certificates then. */
  readonly open: bigint
}

/** The clock is behind what is packed: its genesis or duration is another than it was. */
export interface EpochWentBack {
  readonly code: 'EpochWentBack'
  readonly current: bigint
  readonly latestPacked: bigint
}

/** Brings the epochs to where the clock is, at boot and whenever epochs end; `latestPacked` is the latest settled epoch. */
export function planEpochs(
  latestPacked: bigint | undefined,
  current: bigint,
): Result<EpochPlan, EpochWentBack> {
  if (latestPacked !== undefined && latestPacked >= current)
    return err({ code: 'EpochWentBack', current, latestPacked })
  const first = latestPacked === undefined ? 0n : latestPacked + 1n
  const pack = first < current ? { first, last: current - 1n } : undefined
  return ok({ pack, open: current })
}
