import { status, type Server, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js'
import type { sendUnaryData } from '@grpc/grpc-js'
import { protobuf } from '@zkstack/pessimistic-proof'
import { bufferOf, bytesOf } from './buffers.js'
import type { FileDescriptor } from './file-descriptor.js'

/** Whether a service answers. */
export type ServingStatus = 'SERVING' | 'NOT_SERVING'

const numbers = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const

const request = protobuf.message({ service: protobuf.string(1) })
const response = protobuf.message({ status: protobuf.uint32(1) })

/** `grpc.health.v1` */
export const healthFile: FileDescriptor = {
  name: 'grpc/health/v1/health.proto',
  package: 'grpc.health.v1',
  messages: [
    { name: 'HealthCheckRequest', fields: [{ name: 'service', number: 1, type: 'string' }] },
    {
      name: 'HealthCheckResponse',
      fields: [
        {
          name: 'status',
          number: 1,
          type: { enum: '.grpc.health.v1.HealthCheckResponse.ServingStatus' },
        },
      ],
      enum: { name: 'ServingStatus', values: Object.keys(numbers) },
    },
  ],
  service: {
    name: 'Health',
    methods: [
      {
        name: 'Check',
        input: '.grpc.health.v1.HealthCheckRequest',
        output: '.grpc.health.v1.HealthCheckResponse',
      },
      {
        name: 'Watch',
        input: '.grpc.health.v1.HealthCheckRequest',
        output: '.grpc.health.v1.HealthCheckResponse',
        serverStreaming: true,
      },
    ],
  },
}

type Watcher = ServerWritableStream<Uint8Array, Uint8Array>

/**
 * Says whether a server's services answer; the service without name stands for the server.
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export class HealthService {
  readonly #services: ReadonlySet<string>
  readonly #watchers = new Map<Watcher, string>()
  #status: ServingStatus = 'NOT_SERVING'

  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services])
  }

  get status(): ServingStatus {
    return this.#status
  }

  set status(status: ServingStatus) {
    if (status === this.#status) return
    this.#status = status
    for (const [watcher, service] of this.#watchers) this.#tell(watcher, service)
  }

  addTo(server: Server): void {
    server.register('/grpc.health.v1.Health/Check', this.#check, bufferOf, bytesOf, 'unary')
    server.register('/grpc.health.v1.Health/Watch', this.#watch, bufferOf, bytesOf, 'serverStream')
  }

  /** Ends what is being watched, which would keep a server from stopping. */
  end(): void {
    for (const watcher of this.#watchers.keys()) watcher.end()
    this.#watchers.clear()
  }

  readonly #check = (
    call: ServerUnaryCall<Uint8Array, Uint8Array>,
    answer: sendUnaryData<Uint8Array>,
  ): void => {
    const asked = protobuf.decodeMessage(request, call.request)
    if (!asked.ok) answer({ code: status.INVALID_ARGUMENT, details: asked.error.message })
    else if (this.#services.has(asked.value.service))
      answer(null, response.encode({ status: numbers[this.#status] }))
    else answer({ code: status.NOT_FOUND, details: 'there is no such service' })
  }

  readonly #watch = (watcher: Watcher): void => {
    const asked = protobuf.decodeMessage(request, watcher.request)
    if (!asked.ok) {
      watcher.destroy(
        Object.assign(new Error(asked.error.message), { code: status.INVALID_ARGUMENT }),
      )
      return
    }
    this.#watchers.set(watcher, asked.value.service)
    watcher.on('cancelled', () => {
      this.#watchers.delete(watcher)
    })
    this.#tell(watcher, asked.value.service)
  }

  #tell(watcher: Watcher, service: string): void {
    const known = this.#services.has(service) ? this.#status : 'SERVICE_UNKNOWN'
    watcher.write(response.encode({ status: numbers[known] }))
  }
}
