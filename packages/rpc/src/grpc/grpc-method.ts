import { status } from '@grpc/grpc-js'
import { err, type Result } from '@zkstack/crypto'
import { protobuf, type CallOptions, type CodecError } from '@zkstack/pessimistic-proof'
import type { GrpcError } from './grpc-error.js'

/** Does a unary call on messages in their wire form; expected failures are values. */
export type GrpcMethod = (
  request: Uint8Array,
  o: CallOptions,
) => Promise<Result<Uint8Array, GrpcError>>

/** Methods by their paths, such as `/agglayer.node.v1.NodeStateService/GetNetworkInfo`. */
export type GrpcMethods = ReadonlyMap<string, GrpcMethod>

/** Where a method's errors come from, and how their kinds are spelled. */
export interface ErrorDomain {
  readonly domain: string
  /** Such as `GET_CERTIFICATE_HEADER_ERROR_KIND`. */
  readonly prefix: string
  /** The kind of a request that cannot be read; default: `MISSING_FIELD` and `INVALID_DATA`. */
  readonly malformed?: string
}

/** An error of a method, of one of its kinds. */
export function grpcError(
  { domain, prefix }: ErrorDomain,
  code: status,
  kind: string,
  message: string,
  metadata: Readonly<Record<string, string>> = {},
): { readonly ok: false; readonly error: GrpcError } {
  return err({ status: code, message, info: { reason: `${prefix}_${kind}`, domain, metadata } })
}

/** A method with a request of this form. One that cannot be read is answered before anything is done. */
export function grpcMethod<T>(
  domain: ErrorDomain,
  form: protobuf.Message<T>,
  handle: (request: T, o: CallOptions) => Promise<Result<Uint8Array, GrpcError>>,
): GrpcMethod {
  return async (bytes, o) => {
    const request = protobuf.decodeMessage(form, bytes)
    return request.ok ? handle(request.value, o) : unreadable(domain, request.error)
  }
}

/** The answer to a request that cannot be read; it names the field. */
export function unreadable(
  domain: ErrorDomain,
  { code, field, message }: CodecError,
): { readonly ok: false; readonly error: GrpcError } {
  const kind = domain.malformed ?? (code === 'MISSING_FIELD' ? 'MISSING_FIELD' : 'INVALID_DATA')
  const text = field === '' ? message : `${field}: ${message}`
  return grpcError(domain, status.INVALID_ARGUMENT, kind, `Invalid data: ${text}`, { field, code })
}
