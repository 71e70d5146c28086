import { err, ok, type Result } from '@zkstack/crypto'
import { json } from '@zkstack/pessimistic-proof'
import { anyJson } from './json-forms.js'
import { rpcErrorCodes, type RpcError } from './rpc-error.js'

/** A call that wants an answer has an id: a text, a number or null. */
export type RpcId = null | string | json.JsonNumber

/** A call. */
export interface RpcRequest {
  /** `undefined`: a notification, which is not answered. */
  readonly id: RpcId | undefined
  readonly method: string
  /** A list or an object; an empty list if there are none. */
  readonly params: json.JsonValue
}

/** A call that is none, with the id to answer it under. */
export interface BadRequest {
  readonly id: RpcId
  readonly error: RpcError
}

/** What a message asks: one call, or several at once. */
export type RpcMessage =
  | { readonly type: 'single'; readonly request: Result<RpcRequest, BadRequest> }
  | { readonly type: 'batch'; readonly requests: readonly Result<RpcRequest, BadRequest>[] }

/** How many calls a message may hold; `disabled`: batches are refused. */
export type BatchLimit = number | 'unlimited' | 'disabled'

/** Reads a message. @see https://www.jsonrpc.org/specification */
export function readMessage(text: string, batchLimit: BatchLimit): Result<RpcMessage, BadRequest> {
  const parsed = json.parse(anyJson, text)
  if (!parsed.ok) return bad(null, 'parseError', `Parse error: ${parsed.error.message}`)
  const { value } = parsed
  if (!isList(value)) return ok({ type: 'single', request: readRequest(value) })
  if (batchLimit === 'disabled')
    return bad(null, 'invalidRequest', 'Batched requests are not supported by this server')
  if (value.length === 0) return bad(null, 'invalidRequest', 'Invalid request: an empty batch')
  if (batchLimit !== 'unlimited' && value.length > batchLimit)
    return bad(
      null,
      'invalidRequest',
      `The batch request was too large: the limit is ${batchLimit}`,
    )
  return ok({ type: 'batch', requests: value.map(readRequest) })
}

function readRequest(value: json.JsonValue): Result<RpcRequest, BadRequest> {
  if (!(value instanceof Map)) return bad(null, 'invalidRequest', 'Invalid request: no object')
  const members = value as json.JsonObject
  const given = members.get('id')
  const id = given === undefined || isId(given) ? given : undefined
  if (given !== undefined && id === undefined)
    return bad(null, 'invalidRequest', 'Invalid request: id is no text, number or null')
  const [method, params] = [members.get('method'), members.get('params') ?? []]
  if (members.get('jsonrpc') !== '2.0')
    return bad(id ?? null, 'invalidRequest', 'Invalid request: jsonrpc is not "2.0"')
  if (typeof method !== 'string')
    return bad(id ?? null, 'invalidRequest', 'Invalid request: method is no text')
  if (!isList(params) && !(params instanceof Map))
    return bad(id ?? null, 'invalidRequest', 'Invalid request: params are no list or object')
  return ok({ id, method, params })
}

function isId(value: json.JsonValue): value is RpcId {
  return value === null || typeof value === 'string' || value instanceof json.JsonNumber
}

function isList(value: json.JsonValue): value is readonly json.JsonValue[] {
  return Array.isArray(value)
}

function bad(
  id: RpcId,
  code: keyof typeof rpcErrorCodes,
  message: string,
): Result<never, BadRequest> {
  return err({ id, error: { code: rpcErrorCodes[code], message } })
}
