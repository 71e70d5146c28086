import {
  Metadata,
  Server,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type StatusObject,
} from '@grpc/grpc-js'
import {
  Ctx,
  errorOf,
  realClock,
  silentLogger,
  silentMetrics,
  type Clock,
  type Logger,
  type MetricsSink,
} from '@zkstack/concurrency'
import type { Prover, ProverInput, Sp1Circuit } from '@zkstack/pessimistic-proof'
import { generateProof } from './generate-proof.js'
import { bufferOf, bytesOf } from './grpc/buffers.js'
import { healthFile, HealthService, type ServingStatus } from './grpc/health-service.js'
import { ReflectionService } from './grpc/reflection-service.js'
import {
  decodeProofRequest,
  encodeFailureDetails,
  encodeProofResponse,
  GENERATE_PROOF,
  MAX_MESSAGE_BYTES,
  PROVER_SERVICE,
  proverFile,
  type ProofGenerationFailure,
} from './prover-messages.js'
import { serverCredentials, type ServerTls } from './prover-tls.js'
import { ProvingQueue, type ProvingLimits } from './proving-queue.js'

/** What a {@link ProverServer} is made of. */
export interface ProverServerOptions extends ProvingLimits {
  readonly prover: Prover
  /** Host and port; default `127.0.0.1:8080`. Port 0: any that is free. */
  readonly listen?: string
  /** Without, whatever is sent can be read and changed on the way. */
  readonly tls?: ServerTls
  /** How long a request may take, waiting included; default 5 minutes. */
  readonly maxRequestMs?: number
  /** Longest request and answer in bytes; default 4 MiB. */
  readonly maxMessageBytes?: number
  /** Sends native envelopes as proofs of SP1's mock prover, which prove nothing. Default: they are refused. */
  readonly development?: boolean
  /** Circuits whose proofs are sent; default: all known ones. */
  readonly circuits?: readonly Sp1Circuit[]
  readonly clock?: Clock
  readonly metrics?: MetricsSink
  readonly logger?: Logger
}

/** A prover that others can ask. */
export interface ProverServer extends AsyncDisposable {
  /** The port that it listens at. */
  readonly port: number
  /** What its health service says; an operator may take a prover out of service without stopping it. */
  health: ServingStatus
  /** Takes no more requests, answers those that it has, and stops; after `graceMs`, default 10 s, it stops at once. */
  close(o?: { readonly graceMs?: number }): Promise<void>
}

const DEFAULT_LISTEN = '127.0.0.1:8080'
const DEFAULT_REQUEST_MS = 5 * 60_000
const DEFAULT_GRACE_MS = 10_000
/** For the answers that a prover is stopping to go out. */
const FAREWELL_MS = 250

/**
 * Serves a prover over gRPC as Agglayer's prover did, `agglayer.prover.v1.ProofGenerationService`, with health and reflection.
 * @throws Error when it cannot listen.
 */
export async function serveProver(o: ProverServerOptions): Promise<ProverServer> {
  const running = new RunningServer(o)
  await running.listen(o.listen ?? DEFAULT_LISTEN)
  return running
}

type Answer = sendUnaryData<Uint8Array>

class RunningServer implements ProverServer {
  port = 0
  readonly #o: ProverServerOptions
  readonly #ctx: Ctx
  readonly #queue: ProvingQueue
  readonly #server: Server
  readonly #health = new HealthService([PROVER_SERVICE])
  readonly #reflection = new ReflectionService([proverFile, healthFile])
  readonly #logger: Logger
  readonly #counters: ReturnType<typeof countersOf>
  #closed: Promise<void> | undefined

  constructor(o: ProverServerOptions) {
    this.#o = o
    this.#ctx = Ctx.root({ clock: o.clock ?? realClock })
    this.#queue = new ProvingQueue(o)
    this.#logger = o.logger ?? silentLogger
    this.#counters = countersOf(o.metrics ?? silentMetrics)
    const maxMessageBytes = o.maxMessageBytes ?? MAX_MESSAGE_BYTES
    this.#server = new Server({
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': maxMessageBytes,
    })
    this.#server.register(GENERATE_PROOF, this.#serve, bufferOf, bytesOf, 'unary')
    this.#health.addTo(this.#server)
    this.#reflection.addTo(this.#server)
  }

  get health(): ServingStatus {
    return this.#health.status
  }

  set health(value: ServingStatus) {
    this.#health.status = value
  }

  async listen(address: string): Promise<void> {
    this.port = await new Promise((resolve, reject) => {
      this.#server.bindAsync(address, serverCredentials(this.#o.tls), (error, port) => {
        if (error === null) resolve(port)
        else reject(error)
      })
    })
    if (this.#o.development === true)
      this.#logger.warn('development: native executions are sent, which prove nothing to L1')
    this.#health.status = 'SERVING'
  }

  close({ graceMs = DEFAULT_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(graceMs)
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(graceMs: number): Promise<void> {
    this.#health.status = 'NOT_SERVING'
    this.#health.end()
    this.#reflection.end()
    const stopped = new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => {
        resolve()
      })
    })
    const { clock } = this.#ctx
    const timers = [
      clock.setTimer(clock.now() + graceMs, () => {
        this.#ctx.cancel(new Error('the prover stops'))
      }),
      clock.setTimer(clock.now() + graceMs + FAREWELL_MS, () => {
        this.#server.forceShutdown()
      }),
    ]
    await stopped
    for (const cancel of timers) cancel()
    this.#ctx[Symbol.dispose]()
  }

  readonly #serve = (call: ServerUnaryCall<Uint8Array, Uint8Array>, answer: Answer): void => {
    this.#counters.received.inc()
    const input = decodeProofRequest(call.request)
    if (!input.ok) {
      const { field, message } = input.error
      const details = `the request cannot be read: ${field === '' ? '' : `${field}: `}${message}`
      this.#refuse(answer, { code: status.INVALID_ARGUMENT, details })
      return
    }
    this.#generate(call, input.value, answer).catch((e: unknown) => {
      this.#logger.error('a request failed', { message: errorOf(e).message })
      this.#refuse(answer, { code: status.INTERNAL, details: 'the prover failed' })
    })
  }

  async #generate(
    call: ServerUnaryCall<Uint8Array, Uint8Array>,
    input: ProverInput,
    answer: Answer,
  ): Promise<void> {
    using ctx = this.#ctx.child({ timeoutMs: this.#o.maxRequestMs ?? DEFAULT_REQUEST_MS })
    call.once('cancelled', () => {
      ctx.cancel(new Error('the client gave up'))
    })
    const { signal } = ctx
    const { prover, circuits, development = false } = this.#o
    const work = () => generateProof({ prover, circuits, development }, input, { signal })
    try {
      const done = await ctx.race(this.#queue.run(signal, work))
      if (!done.ok) {
        this.#refuse(answer, { code: status.RESOURCE_EXHAUSTED, details: 'too many requests' })
      } else if (!done.value.ok) {
        this.#refuse(answer, statusOf(done.value.error))
      } else {
        this.#counters.succeeded.inc()
        answer(null, encodeProofResponse(done.value.value))
      }
    } catch (e) {
      if (!ctx.canceled) throw e
      this.#refuse(answer, this.#statusOfEnd(call.cancelled))
    }
  }

  #statusOfEnd(byClient: boolean): Partial<StatusObject> {
    if (byClient) return { code: status.CANCELLED, details: 'the client gave up' }
    return this.#ctx.canceled
      ? { code: status.UNAVAILABLE, details: 'the prover stops' }
      : { code: status.DEADLINE_EXCEEDED, details: 'the proof took too long' }
  }

  #refuse(answer: Answer, why: Partial<StatusObject>): void {
    this.#counters.failed.inc()
    answer(why)
  }
}

function statusOf(failure: ProofGenerationFailure): Partial<StatusObject> {
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', bufferOf(encodeFailureDetails(failure)))
  switch (failure.type) {
    case 'UnableToExecuteProver':
      return { code: status.INTERNAL, details: 'Unable to execute prover', metadata }
    case 'ProverFailed':
      return { code: status.INTERNAL, details: `Prover failed: ${failure.message}`, metadata }
    case 'ProofVerificationFailed':
    case 'ExecutorFailed': {
      const { source } = failure
      const details = `${failure.type}: ${'code' in source ? source.code : source.type}`
      return { code: status.INVALID_ARGUMENT, details, metadata }
    }
  }
}

function countersOf(sink: MetricsSink) {
  return {
    received: sink.counter('proving_request_recv', 'Proofs that were asked for.'),
    succeeded: sink.counter('proving_request_succeeded', 'Proofs that were answered.'),
    failed: sink.counter('proving_request_failed', 'Requests that ended without a proof.'),
  }
}
