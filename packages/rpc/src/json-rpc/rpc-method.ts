import { err, type Result } from '@zkstack/crypto'
import { json, type CallOptions } from '@zkstack/pessimistic-proof'
import { rpcErrorCodes, type RpcError } from './rpc-error.js'

/** What a method answers. */
export type RpcResult = Result<json.JsonValue, RpcError>

/** Options of a call. */
export interface RpcCall extends CallOptions {
  /** Who calls, as far as it is known: the address of the other side. */
  readonly caller?: string | undefined
}

/** Does a call; expected failures are values. */
export type RpcMethod = (params: json.JsonValue, o: RpcCall) => Promise<RpcResult>

/** Methods by their names, such as `interop_getCertificateHeader`. */
export type RpcMethods = ReadonlyMap<string, RpcMethod>

/**
 * A method whose parameters have these forms, by position in this order or by their names in snake case. Parameters that do not fit
 * are answered before anything is done.
 */
export function rpcMethod<P extends object>(
  fields: { readonly [K in keyof P]-?: json.Json<P[K]> },
  handle: (params: P, o: RpcCall) => Promise<RpcResult>,
): RpcMethod {
  const names = Object.keys(fields).map(inSnakeCase)
  const form = json.struct<P>(fields)
  const named: json.Json<json.JsonValue> = {
    write: (value) => value,
    read: (value) =>
      Array.isArray(value) ? byName(value as readonly json.JsonValue[], names) : value,
  }
  return async (params, o) => {
    const read = readParams(() => form.read(named.read(params)))
    return read.ok ? handle(read.value, o) : read
  }
}

/** What is read, or why parameters do not fit. */
export function readParams<P>(read: () => P): Result<P, RpcError> {
  try {
    return { ok: true, value: read() }
  } catch (e) {
    if (!(e instanceof json.CodecFailure)) throw e
    const { field, message } = e.toError()
    const where = field === '' ? '' : `${field}: `
    return err({ code: rpcErrorCodes.invalidParams, message: `Invalid params: ${where}${message}` })
  }
}

function byName(values: readonly json.JsonValue[], names: readonly string[]): json.JsonObject {
  if (values.length > names.length)
    throw new json.CodecFailure(
      'BAD_LENGTH',
      `expected at most ${names.length} parameters, got ${values.length}`,
    )
  return new Map(
    values.flatMap((value, i) => {
      const name = names[i]
      return name === undefined ? [] : [[name, value] as const]
    }),
  )
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
