import type { Hash32, Result } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'
import type { L1Error } from '../l1-error.js'
import type {
  BlockTag,
  CallRequest,
  FeeEstimate,
  KnownTransaction,
  L1Block,
  L1Log,
  L1Receipt,
  LogFilter,
  LogPlace,
  MinedTransaction,
} from './l1-types.js'

/**
 * One chain, with one or more endpoints behind it. Every answer is checked against itself and the question; `undefined` means
 * that the node does not know of it. A call asks each usable endpoint once at most and does not wait between attempts.
 *
 * All methods reject with an `AbortError` when the signal aborts, and never otherwise.
 */
export interface L1Client {
  readonly chainId: bigint
  /** The block at a number or tag, or with a hash; `undefined`: not there, not yet, or no such tag yet. */
  block(
    at: bigint | BlockTag | { readonly hash: Hash32 },
    o: CallOptions,
  ): Promise<Result<L1Block | undefined, L1Error>>
  /**
   * Logs in the order of the chain. `REFUSED` with `TOO_LARGE`: ask for fewer blocks. By a block's hash the answer is exactly of
   * that block, and `UNAVAILABLE` if no node has it any more.
   */
  logs(
    filter: LogFilter,
    place: LogPlace,
    o: CallOptions,
  ): Promise<Result<readonly L1Log[], L1Error>>
  /** The receipt of a mined transaction; `undefined`: not mined, or not any more. */
  receipt(transaction: Hash32, o: CallOptions): Promise<Result<L1Receipt | undefined, L1Error>>
  /** A transaction by its hash, mined or not; `undefined`: no node that was asked knows it. */
  transaction(hash: Hash32, o: CallOptions): Promise<Result<KnownTransaction | undefined, L1Error>>
  /**
   * The mined transaction of a wallet and nonce, one in a mempool does not count; `'UNSUPPORTED'`: no endpoint has
   * `eth_getTransactionBySenderAndNonce`.
   */
  transactionBySenderAndNonce(
    sender: Address,
    nonce: bigint,
    o: CallOptions,
  ): Promise<Result<MinedTransaction | undefined | 'UNSUPPORTED', L1Error>>
  /** The number of transactions that a wallet has sent: the next nonce. */
  transactionCount(
    sender: Address,
    at: bigint | BlockTag | 'pending',
    o: CallOptions,
  ): Promise<Result<bigint, L1Error>>
  /** Wei that an address has. */
  balance(of: Address, at: bigint | BlockTag, o: CallOptions): Promise<Result<bigint, L1Error>>
  /** Gas that a transaction would use now. `REFUSED` with `REVERTED` if it would fail. */
  estimateGas(request: CallRequest, o: CallOptions): Promise<Result<bigint, L1Error>>
  fees(o: CallOptions): Promise<Result<FeeEstimate, L1Error>>
  /** What a call returns on the state after a block. */
  call(
    request: CallRequest,
    at: bigint | BlockTag | { readonly hash: Hash32 },
    o: CallOptions,
  ): Promise<Result<Uint8Array, L1Error>>
  /**
   * Hands a signed transaction to every endpoint; a success as soon as one has it, also when it had it before.
   *
   * @returns the transaction's hash, computed here.
   */
  sendRawTransaction(transaction: Uint8Array, o: CallOptions): Promise<Result<Hash32, L1Error>>
}
