import { Client, Metadata, status, type ServiceError } from '@grpc/grpc-js'
import { realClock, type Clock } from '@zkstack/concurrency'
import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import {
  encodeCertificate,
  protobuf,
  type CallOptions,
  type CodecError,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import {
  clientCredentials,
  decodeCertificateHeader,
  decodeEpochConfiguration,
  decodeNetworkInfo,
  type CertificateHeader,
  type ClientTls,
  type EndpointError,
} from '@zkstack/settlement'
import { decodeErrorInfo } from '../grpc/grpc-error.js'
import { certificateIdMessage, wrapped } from '../grpc/node-messages.js'
import { latestOf } from './latest-of.js'
import type { SettlementClient } from './settlement-client.js'

/** Options of {@link grpcSettlementClient}. */
export interface GrpcClientOptions {
  /** Absent: whatever is sent can be read and changed on the way. */
  readonly tls?: ClientTls | undefined
  /** Of a call, in milliseconds; default 30 000. */
  readonly timeoutMs?: number | undefined
  /** Of the longest request and answer; default 64 MiB. */
  readonly maxMessageBytes?: number | undefined
  readonly clock?: Clock | undefined
}

type Told<T> = Result<T, EndpointError>
type Answer = Result<Uint8Array, ServiceError>

const latestTypes = ['pending', 'settled'] as const

const ofNetwork = protobuf.message({ networkId: protobuf.uint32(1) })
const ofLatest = protobuf.message<{
  readonly type: (typeof latestTypes)[number]
  readonly networkId: NetworkId
}>({ type: protobuf.enumeration(1, ...latestTypes), networkId: protobuf.uint32(2) })

/**
 * A client of a settlement node's gRPC services, of this library's node or of Agglayer's; certificates may be longer than over
 * JSON-RPC. It holds a connection until it is disposed of.
 * @param address `host:port`
 */
export function grpcSettlementClient(
  address: string,
  o: GrpcClientOptions = {},
): SettlementClient & Disposable {
  const { timeoutMs = 30_000, maxMessageBytes = 64 * 1024 * 1024, clock = realClock } = o
  const { serverName } = o.tls ?? {}
  const client = new Client(address, clientCredentials(o.tls), {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.enable_retries': 0,
    ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
  })
  const call = (method: string, request: Uint8Array, { signal }: CallOptions): Promise<Answer> =>
    unaryCall(client, `/agglayer.node.v1.${method}`, request, {
      signal,
      deadline: clock.nowUtc() + timeoutMs,
    })
  const ask = async <T>(
    method: string,
    request: Uint8Array,
    decode: (message: Uint8Array) => Result<T, CodecError>,
    options: CallOptions,
  ): Promise<Told<T | undefined>> => {
    const answer = await call(method, request, options)
    if (!answer.ok) return err(endpointError(answer.error))
    const read = protobuf.decodeMessage(wrapped, answer.value)
    if (!read.ok) return err(malformed(`${method}: ${read.error.message}`))
    if (read.value.message === undefined) return ok(undefined)
    const inner = decode(read.value.message)
    return inner.ok ? inner : err(malformed(`${method}: ${inner.error.message}`))
  }
  const latest = (
    type: (typeof latestTypes)[number],
    networkId: NetworkId,
    options: CallOptions,
  ): Promise<Told<CertificateHeader | undefined>> =>
    ask(
      'NodeStateService/GetLatestCertificateHeader',
      ofLatest.encode({ type, networkId }),
      decodeCertificateHeader,
      options,
    )
  return {
    async submit(certificate, options) {
      const request = wrapped.encode({ message: encodeCertificate(certificate) })
      const method = 'CertificateSubmissionService/SubmitCertificate'
      return present(await ask(method, request, decodeId, options), method)
    },
    async header(certificateId, options) {
      const request = wrapped.encode({ message: certificateIdMessage.encode(certificateId) })
      const method = 'NodeStateService/GetCertificateHeader'
      const header = await ask(method, request, decodeCertificateHeader, options)
      return header.ok || header.error.code !== 'NotFound' ? header : ok(undefined)
    },
    async latestHeaders(networkId, options) {
      const pending = await latest('pending', networkId, options)
      if (!pending.ok) return pending
      const settled = await latest('settled', networkId, options)
      return settled.ok ? ok(latestOf(pending.value, settled.value)) : settled
    },
    async epochConfiguration(options) {
      const method = 'ConfigurationService/GetEpochConfiguration'
      const told = await ask(method, new Uint8Array(), decodeEpochConfiguration, options)
      return told.ok || told.error.code !== 'UnexpectedClock' ? told : ok(undefined)
    },
    async networkInfo(networkId, options) {
      const method = 'NodeStateService/GetNetworkInfo'
      const request = ofNetwork.encode({ networkId })
      return present(await ask(method, request, decodeNetworkInfo, options), method)
    },
    [Symbol.dispose]() {
      client.close()
    },
  }
}

/** Asks once; the signal ends it early. @throws the reason of the signal */
async function unaryCall(
  client: Client,
  path: string,
  request: Uint8Array,
  { signal, deadline }: CallOptions & { readonly deadline: number },
): Promise<Answer> {
  signal.throwIfAborted()
  const answer = await new Promise<Answer>((resolve) => {
    const cancel = (): void => {
      call.cancel()
    }
    const metadata = new Metadata()
    metadata.set('x-client-type', 'zkstack')
    const call = client.makeUnaryRequest(
      path,
      (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      (bytes: Buffer): Uint8Array => bytes,
      request,
      metadata,
      { deadline },
      (error, value) => {
        signal.removeEventListener('abort', cancel)
        resolve(error === null ? ok(value ?? new Uint8Array()) : err(error))
      },
    )
    signal.addEventListener('abort', cancel, { once: true })
  })
  signal.throwIfAborted()
  return answer
}

function decodeId(message: Uint8Array): Result<Hash32, CodecError> {
  return protobuf.decodeMessage(certificateIdMessage, message)
}

function present<T>(told: Told<T | undefined>, method: string): Told<T> {
  if (!told.ok) return told
  return told.value === undefined
    ? err(malformed(`${method}: the answer is empty`))
    : ok(told.value)
}

function malformed(message: string): EndpointError {
  return { kind: 'retry', code: 'MalformedAnswer', message }
}

const kinds = ['retry', 'rebuild', 'fatal'] as const

const transient: ReadonlySet<status> = new Set([
  ...[status.UNAVAILABLE, status.RESOURCE_EXHAUSTED, status.DEADLINE_EXCEEDED],
  ...[status.CANCELLED, status.ABORTED, status.INTERNAL, status.UNKNOWN],
])

/** What gRPC's implementations say of a message above a limit, of which the status says only that something is exhausted. */
const tooLarge = /larger than (max|\d)|too large/i

/** What an error of the server means for who submits certificates; the node's own kind and code if it has them. */
function endpointError({ code, details, metadata }: ServiceError): EndpointError {
  const [bytes] = metadata.get('grpc-status-details-bin')
  const info = Buffer.isBuffer(bytes) ? decodeErrorInfo(bytes) : undefined
  const { kind: ownKind, code: ownCode } = info?.metadata ?? {}
  const kind = kinds.find((known) => known === ownKind)
  if (kind !== undefined && ownCode !== undefined) return { kind, code: ownCode, message: details }
  if (code === status.NOT_FOUND) return { kind: 'fatal', code: 'NotFound', message: details }
  if (info?.reason.endsWith('_UNEXPECTED_CLOCK_CONFIGURATION') === true)
    return { kind: 'fatal', code: 'UnexpectedClock', message: details }
  // Sent again it would be as long.
  if (code === status.RESOURCE_EXHAUSTED && tooLarge.test(details))
    return { kind: 'fatal', code: 'TooLarge', message: details }
  if (transient.has(code)) {
    const isAnswered = code === status.RESOURCE_EXHAUSTED || code === status.INTERNAL
    return { kind: 'retry', code: isAnswered ? 'Unavailable' : 'Unreachable', message: details }
  }
  return info?.reason.startsWith('SUBMIT_CERTIFICATE_') === true
    ? { kind: 'rebuild', code: 'SendCertificate', message: details }
    : { kind: 'fatal', code: 'Refused', message: `${details} (${status[code] ?? code})` }
}
