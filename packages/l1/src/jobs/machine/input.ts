import type { FeeEstimate } from '../../client/l1-types.js'
import type { L1Error } from '../../l1-error.js'
import type { L1SignerError, SignedTransaction } from '../../signers/l1-signer.js'
import type { L1Facts } from './facts.js'

/** When an input arrived, and the chance that goes with it. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly nowMs: number
  /** Milliseconds since the Unix epoch. */
  readonly utcMs: number
  /** In [0, 1). */
  readonly random: number
}

/** What the machine is told. Each effect that asks for something names the inputs that answer it. */
export type JobInput =
  /** The job was loaded. */
  | { readonly type: 'started' }
  /** A wait is over. */
  | { readonly type: 'woken' }
  | { readonly type: 'inspected'; readonly facts: L1Facts }
  | { readonly type: 'inspectionFailed'; readonly error: L1Error }
  | { readonly type: 'priced'; readonly estimate: FeeEstimate }
  | { readonly type: 'pricingFailed'; readonly error: L1Error }
  /** The wallet's lock is held. */
  | {
      readonly type: 'walletLocked'
      /** Transactions of the wallet on L1, those in the mempool included. */
      readonly pendingCount: bigint
      /** Highest nonce of the wallet in the store, over all jobs. */
      readonly highestStored: bigint | undefined
      readonly estimate: FeeEstimate
    }
  /** The wallet's lock is not held. */
  | { readonly type: 'lockingFailed'; readonly error: L1Error }
  | { readonly type: 'signed'; readonly transaction: SignedTransaction }
  | { readonly type: 'signingFailed'; readonly error: L1SignerError }
  | { readonly type: 'sent' }
  | { readonly type: 'sendingFailed'; readonly error: L1Error }
