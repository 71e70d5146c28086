import { status } from '@grpc/grpc-js'
import { protobuf } from '@zkstack/pessimistic-proof'

/** Why a call over gRPC has no answer. */
export interface GrpcError {
  readonly status: status
  readonly message: string
  /** What programs branch on: `google.rpc.ErrorInfo` in the details of the status. */
  readonly info?: ErrorInfo | undefined
}

/** `google.rpc.ErrorInfo` */
export interface ErrorInfo {
  /** The name of an enum value of the service, such as `GET_CERTIFICATE_HEADER_ERROR_KIND_NOT_FOUND`. */
  readonly reason: string
  /** The method, as upstream spells it. */
  readonly domain: string
  readonly metadata: Readonly<Record<string, string>>
}

const ERROR_INFO_TYPE = 'type.googleapis.com/google.rpc.ErrorInfo'

const errorInfo = protobuf.message({
  reason: protobuf.string(1),
  domain: protobuf.string(2),
  metadata: protobuf.repeated(
    3,
    protobuf.message({ key: protobuf.string(1), value: protobuf.string(2) }),
  ),
})

const rpcStatus = protobuf.message({
  code: protobuf.uint32(1),
  message: protobuf.string(2),
  details: protobuf.repeated(
    3,
    protobuf.message({ typeUrl: protobuf.string(1), value: protobuf.bytes(2) }),
  ),
})

/**
 * What stands in `grpc-status-details-bin`: `google.rpc.Status`.
 * @see https://google.aip.dev/193
 */
export function encodeStatusDetails({ status: code, message, info }: GrpcError): Uint8Array {
  const details = info === undefined ? [] : [{ typeUrl: ERROR_INFO_TYPE, value: encodeInfo(info) }]
  return rpcStatus.encode({ code, message, details })
}

/** The `google.rpc.ErrorInfo` in the details of a status; `undefined` without one. */
export function decodeErrorInfo(details: Uint8Array): ErrorInfo | undefined {
  const read = protobuf.decodeMessage(rpcStatus, details)
  const any = read.ok
    ? read.value.details.find(({ typeUrl }) => typeUrl === ERROR_INFO_TYPE)
    : undefined
  const info = any && protobuf.decodeMessage(errorInfo, any.value)
  if (info?.ok !== true) return undefined
  const entries = info.value.metadata.map(({ key, value }) => [key, value] as const)
  return { ...info.value, metadata: Object.fromEntries(entries) }
}

function encodeInfo({ metadata, ...plain }: ErrorInfo): Uint8Array {
  const entries = Object.entries(metadata).map(([key, value]) => ({ key, value }))
  return errorInfo.encode({ ...plain, metadata: entries })
}

/** What is inside stays inside: the log has it. */
export const internalError: GrpcError = { status: status.INTERNAL, message: 'Internal error' }
