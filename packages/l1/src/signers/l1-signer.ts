import type { Hash32, Result } from '@zkstack/crypto'
import type { Address, EcdsaSignature } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'
import type { L1Transaction } from '../client/l1-types.js'

/** Why a signer gave no signature: for now (`UNAVAILABLE`), or because it will not (`REFUSED`), or a wrong one (`INCONSISTENT`). */
export interface L1SignerError {
  readonly code: 'UNAVAILABLE' | 'REFUSED' | 'INCONSISTENT'
  readonly message: string
  readonly retry: boolean
}

/** A transaction that can be sent. */
export interface SignedTransaction {
  /** Type byte and RLP, as `eth_sendRawTransaction` takes it. */
  readonly bytes: Uint8Array
  readonly hash: Hash32
}

/** A key of L1, wherever it is kept; anything that signs digests becomes one by `digestSigner`. */
export interface L1Signer {
  readonly address: Address
  /** Signs 32 bytes as they are, without a prefix; s is low. */
  signDigest(digest: Hash32, o: CallOptions): Promise<Result<EcdsaSignature, L1SignerError>>
  signTransaction(
    transaction: L1Transaction,
    o: CallOptions,
  ): Promise<Result<SignedTransaction, L1SignerError>>
}
