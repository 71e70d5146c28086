import type { json } from '@zkstack/pessimistic-proof'

/**
 * What error codes mean; clients branch on the number.
 * @see agglayer crates/agglayer-types/src/rpc_error_code.rs
 * @see https://www.jsonrpc.org/specification#error_object
 * @see https://eips.ethereum.org/EIPS/eip-1474 (`limitExceeded`)
 */
export const rpcErrorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  limitExceeded: -32005,
  rollupNotRegistered: -10001,
  signatureMismatch: -10002,
  validationFailure: -10003,
  settlementError: -10004,
  statusError: -10005,
  sendCertificate: -10006,
  rateLimited: -10007,
  notFound: -10008,
  methodDisabled: -10009,
  alreadyCompleted: -10010,
  notCompleted: -10011,
  noLiveTask: -10012,
  taskStillLive: -10013,
  unavailable: -10014,
} as const

/** Why a call failed, as it stands in the answer. */
export interface RpcError {
  /** One of {@link rpcErrorCodes}. */
  readonly code: number
  /** For people. */
  readonly message: string
  /** For programs: an object with one member, which names the kind of error. */
  readonly data?: json.JsonValue
}

/** Makes an {@link RpcError} that can be returned. */
export function rpcError(
  code: keyof typeof rpcErrorCodes,
  message: string,
  data?: json.JsonValue,
): { readonly ok: false; readonly error: RpcError } {
  const error = { code: rpcErrorCodes[code], message }
  return { ok: false, error: data === undefined ? error : { ...error, data } }
}

/** Something that was asked for is not there, such as `Certificate(0x…)`. */
export function notFound(what: string): { readonly ok: false; readonly error: RpcError } {
  const data = new Map([['resource-not-found', what]])
  return rpcError('notFound', `Resource not found: ${what}`, data)
}
