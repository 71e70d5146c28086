import { hash32 } from '@zkstack/crypto'
import type { EpochScope } from '../../src/index.js'

/** The scope of the same committee on another chain. */
export function otherGenesis(scope: EpochScope): EpochScope {
  return { ...scope, genesis: hash32(new Uint8Array(32).fill(7)) }
}

/** The scope of the same committee in the next epoch. */
export function otherEpoch(scope: EpochScope): EpochScope {
  return { ...scope, epoch: scope.epoch + 1n }
}
