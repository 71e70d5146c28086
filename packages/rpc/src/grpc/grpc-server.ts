import { Metadata, Server, status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js'
import {
  Ctx,
  errorOf,
  isCanceled,
  realClock,
  Semaphore,
  silentLogger,
  type Clock,
  type Logger,
} from '@zkstack/concurrency'
import { err, type Result } from '@zkstack/crypto'
import {
  healthFile,
  HealthService,
  ReflectionService,
  serverCredentials,
  type EncodedFile,
  type ServerTls,
} from '@zkstack/settlement'
import type { Readiness } from '../readiness/readiness.js'
import { encodeStatusDetails, internalError, type GrpcError } from './grpc-error.js'
import type { GrpcMethod, GrpcMethods } from './grpc-method.js'

/** Options of {@link serveGrpc}. */
export interface GrpcServerOptions {
  readonly methods: GrpcMethods
  /** What reflection tells of them. */
  readonly files: readonly EncodedFile[]
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** 0 takes a free one. */
  readonly port: number
  /** Absent: whatever is sent can be read and changed on the way. */
  readonly tls?: ServerTls | undefined
  /** What health says: asked at the start, and every `readinessIntervalMs`. Absent: it serves. */
  readonly readiness?: (() => Promise<Readiness>) | undefined
  /** Default 2000. */
  readonly readinessIntervalMs?: number | undefined
  /** Of the longest request; default 64 MiB. */
  readonly maxRequestBytes?: number | undefined
  /** Of the longest answer; default 64 MiB. */
  readonly maxResponseBytes?: number | undefined
  /** Calls that are done at once, of all clients together; default 100. */
  readonly maxConcurrentCalls?: number | undefined
  /** How long a call may take, in milliseconds; default three minutes. */
  readonly timeoutMs?: number | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
}

/** A running gRPC server. */
export interface GrpcServer extends AsyncDisposable {
  /** `host:port` */
  readonly address: string
  /** Gives up what is being answered and ends all connections; idempotent. */
  close(): Promise<void>
}

const MEBIBYTE = 1024 * 1024

/** For the answers to calls that are given up to go out. */
const FAREWELL_MS = 250

type Call = ServerUnaryCall<Uint8Array, Uint8Array>

/**
 * Serves methods over gRPC, with `grpc.health.v1` and reflection `v1` and `v1alpha`.
 * @throws Error when it cannot listen.
 */
export async function serveGrpc(o: GrpcServerOptions): Promise<GrpcServer> {
  const running = new RunningServer(o)
  await running.listen()
  return running
}

class RunningServer implements GrpcServer {
  readonly #o: GrpcServerOptions
  readonly #ctx: Ctx
  readonly #server: Server
  readonly #health: HealthService
  readonly #reflection: ReflectionService
  readonly #slots: Semaphore
  readonly #logger: Logger
  #port = 0
  #watched: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(o: GrpcServerOptions) {
    this.#o = o
    this.#ctx = Ctx.root({ clock: o.clock ?? realClock })
    this.#logger = o.logger ?? silentLogger
    this.#slots = new Semaphore(o.maxConcurrentCalls ?? 100)
    this.#health = new HealthService(o.files.flatMap(({ services }) => services))
    this.#reflection = new ReflectionService([...o.files, healthFile])
    this.#server = new Server({
      'grpc.max_receive_message_length': o.maxRequestBytes ?? 64 * MEBIBYTE,
      'grpc.max_send_message_length': o.maxResponseBytes ?? 64 * MEBIBYTE,
      'grpc.max_concurrent_streams': o.maxConcurrentCalls ?? 100,
    })
    for (const [path, method] of o.methods) this.#register(path, method)
    this.#health.addTo(this.#server)
    this.#reflection.addTo(this.#server)
  }

  get address(): string {
    return hostPort(this.#o.host ?? '127.0.0.1', this.#port)
  }

  async listen(): Promise<void> {
    const { host = '127.0.0.1', port } = this.#o
    await this.#sampleReadiness()
    this.#port = await new Promise((resolve, reject) => {
      const credentials = serverCredentials(this.#o.tls)
      this.#server.bindAsync(hostPort(host, port), credentials, (error, bound) => {
        if (error === null) resolve(bound)
        else reject(error)
      })
    })
    this.#watched = this.#watchReadiness().catch((e: unknown) => {
      if (!isCanceled(e)) this.#logger.error('readiness is asked no more', { error: errorOf(e) })
    })
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#health.status = 'NOT_SERVING'
    this.#health.end()
    this.#reflection.end()
    this.#ctx.cancel(new Error('the server stops'))
    const { clock } = this.#ctx
    const cancelTimer = clock.setTimer(clock.now() + FAREWELL_MS, () => {
      this.#server.forceShutdown()
    })
    await new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => {
        resolve()
      })
    })
    cancelTimer()
    await this.#watched
    this.#ctx[Symbol.dispose]()
  }

  async #watchReadiness(): Promise<never> {
    for (;;) {
      await this.#ctx.sleep(this.#o.readinessIntervalMs ?? 2_000)
      await this.#sampleReadiness()
    }
  }

  async #sampleReadiness(): Promise<void> {
    const { readiness } = this.#o
    const isReady = readiness === undefined || (await readiness()).ready
    this.#ctx.throwIfCanceled()
    this.#health.status = isReady ? 'SERVING' : 'NOT_SERVING'
  }

  #register(path: string, method: GrpcMethod): void {
    const serve = (call: Call, answer: sendUnaryData<Uint8Array>): void => {
      this.#call(path, method, call)
        .catch((e: unknown) => {
          this.#logger.error('a call failed', { path, error: errorOf(e) })
          return err(internalError)
        })
        .then(
          (result) => {
            if (result.ok) answer(null, result.value)
            else answer(statusOf(result.error))
          },
          (e: unknown) => {
            this.#logger.debug('a client went away', { reason: errorOf(e).message })
          },
        )
    }
    const write = (bytes: Uint8Array): Buffer =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#server.register(path, serve, write, (bytes) => bytes, 'unary')
  }

  async #call(
    path: string,
    method: GrpcMethod,
    call: Call,
  ): Promise<Result<Uint8Array, GrpcError>> {
    using slot = this.#slots.tryAcquire()
    if (slot === undefined)
      return err({ status: status.RESOURCE_EXHAUSTED, message: 'Too many calls at once' })
    const { timeoutMs = 180_000 } = this.#o
    using ctx = this.#ctx.child({ timeoutMs })
    call.once('cancelled', () => {
      ctx.cancel(new Error('the client gave up'))
    })
    try {
      return await ctx.race(method(call.request, { signal: ctx.signal }))
    } catch (e) {
      if (!isCanceled(e) && !ctx.canceled) throw e
      this.#logger.warn('a call was given up', { path, timeoutMs, client: clientOf(call) })
      if (call.cancelled) return err({ status: status.CANCELLED, message: 'The client gave up' })
      return this.#ctx.canceled
        ? err({ status: status.UNAVAILABLE, message: 'The server stops' })
        : err({ status: status.DEADLINE_EXCEEDED, message: `It took longer than ${timeoutMs} ms` })
    }
  }
}

/** How a client names itself, if it does. */
function clientOf({ metadata }: Call): string {
  const [type = 'unknown'] = metadata.get('x-client-type')
  const [version = ''] = metadata.get('x-client-version')
  return `${String(type)} ${String(version)}`.trim().slice(0, 100)
}

function statusOf(error: GrpcError) {
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(encodeStatusDetails(error)))
  return { code: error.status, details: error.message, metadata }
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
