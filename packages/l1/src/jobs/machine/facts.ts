import type { Hash32 } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { ContractCall } from '../job.js'

/** A nonce of a wallet, and the transactions that a job signed for it. */
export interface NonceQuestion {
  readonly wallet: Address
  readonly nonce: bigint
  /** The newest first. */
  readonly transactions: readonly Hash32[]
}

/**
 * Who has a nonce on L1:
 *
 * - `nobody`: no transaction in the chain. `isNext`: the wallet's nonces below are all used.
 * - `ours`: a transaction of the job. `canonical`: its receipt's block is in the chain.
 * - `other`: one that is not the job's. `final`: by the finality policy, hence for good. `known`: the node named it; otherwise it
 *   is only known that the nonce is used and that no transaction of the job has a receipt.
 * - `unclear`: the answers do not fit together at present.
 */
export type NonceFact =
  | { readonly by: 'nobody'; readonly isNext: boolean }
  | { readonly by: 'ours'; readonly call: ContractCall; readonly canonical: boolean }
  | { readonly by: 'other'; readonly final: boolean; readonly known: boolean }
  | { readonly by: 'unclear' }

/** What L1 says of a job's nonces. The head was read before everything else, so that nothing counts that came later. */
export interface L1Facts {
  /** Number of the block under the finality policy's tag; `undefined`: there is none yet. */
  readonly head: bigint | undefined
  /** In the order of the questions. */
  readonly nonces: readonly NonceFact[]
}
