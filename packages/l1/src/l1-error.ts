/** Why a node refused, as far as its words tell; nodes have no codes for it. */
export type RefusalReason =
  /** The call or the estimated transaction reverts. */
  | 'REVERTED'
  /** The nonce of a sent transaction is used up on the chain. */
  | 'NONCE_TOO_LOW'
  /** The node wants higher fees: below its minimum, below the base fee, or too small a step for a replacement. */
  | 'UNDERPRICED'
  /** The wallet cannot pay for the transaction. */
  | 'INSUFFICIENT_FUNDS'
  /** The node does not know the method. */
  | 'UNSUPPORTED'
  /** The answer would be larger than the node, or the client, allows: ask for less at a time. */
  | 'TOO_LARGE'
  | 'OTHER'

/** No endpoint gave an answer: timeouts, 408, 429, 5xx, broken connections, a node that lags behind. Later it may. */
export interface L1UnavailableError {
  readonly code: 'UNAVAILABLE'
  readonly message: string
  readonly retry: true
  /** Milliseconds that an endpoint asked to be left alone for. */
  readonly retryAfterMs?: number
}

/** A node said no, and would say it again. */
export interface L1RefusedError {
  readonly code: 'REFUSED'
  readonly message: string
  readonly retry: false
  readonly reason: RefusalReason
  /** Code of the JSON-RPC error; `undefined` where the client itself refused. */
  readonly rpcCode?: number
  /** What the contract gave with its revert: a selector and arguments, or nothing. */
  readonly revertData?: Uint8Array
  /** Text of `Error(string)`, or the meaning of `Panic(uint256)`. */
  readonly revertReason?: string
}

/**
 * Each endpoint's answer contradicts itself, the question or the chain: another chain id, a block of another number, a receipt of
 * another transaction, a log outside its filter, text that is no quantity.
 */
export interface L1InconsistentError {
  readonly code: 'INCONSISTENT'
  readonly message: string
  readonly retry: true
}

/** An expected failure of a question to L1. Messages name endpoints by host, never by their whole address. */
export type L1Error = L1UnavailableError | L1RefusedError | L1InconsistentError

/** Makes an {@link L1UnavailableError}. */
export function unavailable(message: string, retryAfterMs?: number): L1UnavailableError {
  return {
    code: 'UNAVAILABLE',
    message,
    retry: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** Makes an {@link L1RefusedError}. */
export function refused(
  reason: RefusalReason,
  message: string,
  o: Pick<L1RefusedError, 'rpcCode' | 'revertData' | 'revertReason'> = {},
): L1RefusedError {
  return { code: 'REFUSED', message, retry: false, reason, ...o }
}

/** Makes an {@link L1InconsistentError}. */
export function inconsistent(message: string): L1InconsistentError {
  return { code: 'INCONSISTENT', message, retry: true }
}
