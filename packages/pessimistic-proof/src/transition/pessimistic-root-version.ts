import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { pessimisticRootV2, pessimisticRootV3 } from '../hashes/pessimistic-root.js'
import { EMPTY_BALANCE_ROOT, EMPTY_NULLIFIER_ROOT, ZERO_HASH } from '../trees/empty-hashes.js'
import type { NetworkId } from '../types/network-id.js'
import type { StateCommitment } from '../types/network-state.js'
import type { ProofError } from './proof-error.js'

/** Which pessimistic root commits to a state: V3 covers the height and the network too. */
export type PessimisticRootVersion = 'V2' | 'V3'

/** Pessimistic root V2 of a network that never settled. */
export const EMPTY_PESSIMISTIC_ROOT_V2: Hash32 = /* @__PURE__ */ pessimisticRootV2({
  balanceRoot: EMPTY_BALANCE_ROOT,
  nullifierRoot: EMPTY_NULLIFIER_ROOT,
  lerLeafCount: 0,
})

/** A place in a network's history: which network, and how many certificates were settled. */
export interface SettledHeight {
  readonly originNetwork: NetworkId
  /** Unsigned 64-bit number. */
  readonly height: bigint
}

/** The pessimistic root of this version. */
export function pessimisticRoot(
  version: PessimisticRootVersion,
  commitment: StateCommitment,
  at: SettledHeight,
): Hash32 {
  return version === 'V2'
    ? pessimisticRootV2(commitment)
    : pessimisticRootV3(commitment, at.height, at.originNetwork)
}

/** Tells the version of a declared root of the state before; L1 holds zero for a network that never settled. */
export function previousRootVersion(
  declared: Hash32,
  commitment: StateCommitment,
  at: SettledHeight,
): Result<PessimisticRootVersion, ProofError> {
  const computedV3 = pessimisticRoot('V3', commitment, at)
  if (bytesEqual(declared, computedV3)) return ok('V3')
  const computedV2 = pessimisticRoot('V2', commitment, at)
  if (bytesEqual(declared, computedV2)) return ok('V2')
  const isFresh =
    bytesEqual(declared, ZERO_HASH) &&
    at.height === 0n &&
    bytesEqual(computedV2, EMPTY_PESSIMISTIC_ROOT_V2)
  if (isFresh) return ok('V2')
  return err({ code: 'InvalidPreviousPessimisticRoot', declared, computedV2, computedV3 })
}
