import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js'
import { encodeCertificate, type Certificate } from '@zkstack/pessimistic-proof'
import { parse, Root } from 'protobufjs'
import type { GrpcServer } from '../../src/index.js'

const proto = (file: string): string =>
  new URL(`../../../../proto/${file}`, import.meta.url).pathname
/** The services as their proto file has them. */
export const api = new Root().loadSync(proto('agglayer/node-services.proto'))
/** Messages as another implementation of protobuf encodes and decodes them. */
export function form(root: Root, name: string) {
  const type = root.lookupType(name)
  return {
    encode: (value: object) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    decode: (bytes: Uint8Array) =>
      type.toObject(type.decode(bytes), { enums: String, longs: Number }),
  }
}

/** A message of an answer. */
export type Answer = Record<string, unknown>

/** What came of a call. */
export interface Called {
  readonly code: status
  readonly answer?: Answer | undefined
  readonly reason?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** A client of a node’s services that knows nothing of this library. */
export class NodeClient {
  readonly #client: Client

  constructor({ address }: GrpcServer) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
      // Each client has a connection of its own.
      'grpc.use_local_subchannel_pool': 1,
    })
  }

  close(): void {
    this.#client.close()
  }

  call(service: string, method: string, request: object): Promise<Called> {
    return this.raw(service, method, form(api, `agglayer.node.v1.${method}Request`).encode(request))
  }

  raw(service: string, method: string, request: Buffer, deadline?: number): Promise<Called> {
    const { decode } = form(api, `agglayer.node.v1.${method}Response`)
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        `/agglayer.node.v1.${service}/${method}`,
        (bytes: Buffer) => bytes,
        decode,
        request,
        new Metadata(),
        deadline === undefined ? {} : { deadline },
        (error, answer) => {
          resolve(error === null ? { code: status.OK, answer } : failure(error))
        },
      )
    })
  }

  submit(certificate: Certificate): Promise<Called> {
    return this.call('CertificateSubmissionService', 'SubmitCertificate', {
      certificate: form(api, 'agglayer.node.types.v1.Certificate').decode(
        encodeCertificate(certificate),
      ),
    })
  }

  health(service: string): Promise<unknown> {
    const health = new Root().loadSync(proto('grpc/health.proto'))
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        form(health, 'grpc.health.v1.HealthCheckRequest').encode,
        form(health, 'grpc.health.v1.HealthCheckResponse').decode,
        { service },
        (error, answer) => {
          resolve(error?.code ?? answer?.['status'])
        },
      )
    })
  }

  async reflect(...questions: readonly object[]): Promise<readonly Answer[]> {
    const root = new Root().loadSync(proto('grpc/reflection.proto'))
    const stream = this.#client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      form(root, 'grpc.reflection.v1.ServerReflectionRequest').encode,
      form(root, 'grpc.reflection.v1.ServerReflectionResponse').decode,
    )
    for (const question of questions) stream.write(question)
    stream.end()
    const answers: Answer[] = []
    for await (const answer of stream) answers.push(answer as Answer)
    return answers
  }
}

const googleRpc = parse(`
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
`).root

function failure({ code, metadata }: ServiceError): Called {
  const [details] = metadata.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(details)) return { code }
  const decoded = form(googleRpc, 'Status').decode(details) as {
    readonly code: number
    readonly details?: readonly { readonly typeUrl: string; readonly value: Uint8Array }[]
  }
  if (decoded.code !== Number(code))
    throw new Error('the status and its details contradict each other')
  const [info] = decoded.details ?? []
  if (info === undefined) return { code }
  const { reason, domain, metadata: more } = form(googleRpc, 'ErrorInfo').decode(info.value)
  if (
    info.typeUrl !== 'type.googleapis.com/google.rpc.ErrorInfo' ||
    !String(domain).startsWith('agglayer-node.grpc-api.v1.')
  )
    throw new Error(`the details are ${info.typeUrl} of ${String(domain)}`)
  return { code, reason: String(reason), metadata: more as Called['metadata'] }
}
