import {
  Ctx,
  realClock,
  silentLogger,
  silentMetrics,
  systemRandom,
  type Clock,
  type Counter,
  type Logger,
  type MetricsSink,
} from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import {
  encodePublicValues,
  generatePessimisticProof,
  nativeProver,
  verifySp1Envelope,
  type CallOptions,
  type EnvelopeError,
  type PessimisticProofOutput,
  type ProofEnvelope,
  type Prover,
  type ProverError,
  type ProverInput,
  type Sp1Verifier,
} from '@zkstack/pessimistic-proof'
import { retryDelay, type RetryPolicy } from '../certificates/retry-policy.js'
import { ProverEndpoint, type EndpointAnswer } from './prover-endpoint.js'
import { encodeProofRequest, MAX_MESSAGE_BYTES } from './prover-messages.js'
import type { ClientTls } from './prover-tls.js'
import { RemoteProverError } from './remote-prover-error.js'

/** What a {@link RemoteProver} is made of. */
export interface RemoteProverOptions {
  /**
   * Provers: the first that answers is taken, in this order. At least one. `https://host:port` is asked over TLS, `http://host:port`
   * without, and `host:port` over TLS if `tls` is given.
   */
  readonly endpoints: readonly string[]
  /** Which proofs are good: those of the program with this verifying key, or for development mock proofs, which are none. */
  readonly accepts:
    | {
        readonly type: 'sp1'
        readonly vkey: Uint8Array
        /** Default: one of all circuits that L1 takes. */
        readonly verifier?: Sp1Verifier
      }
    | { readonly type: 'native' }
  readonly tls?: ClientTls | undefined
  /** How long one prover may take; default 5 minutes and a second. */
  readonly timeoutMs?: number
  /** When all provers that may answer later are asked again. Default: thrice in all, after one second and two. */
  readonly retry?: RetryPolicy
  /** Longest request and answer in bytes; default 4 MiB. */
  readonly maxMessageBytes?: number
  /** Of requests; default `identity`. */
  readonly compression?: 'identity' | 'gzip'
  readonly clock?: Clock
  readonly metrics?: MetricsSink
  readonly logger?: Logger
}

/** What one of a remote prover's endpoints says of itself. */
export interface EndpointHealth {
  readonly endpoint: string
  /** Whether it serves; an error if it does not say. */
  readonly serving: Result<boolean, RemoteProverError>
  /** Whether its last answer was a lie, so that it is asked after the others. */
  readonly isSetAside: boolean
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000 + 1000
const HEALTH_TIMEOUT_MS = 5000
const defaultRetry: RetryPolicy = { initialMs: 1000, factor: 2, maxMs: 10_000, maxAttempts: 3 }

/**
 * Asks provers elsewhere over gRPC, `agglayer.prover.v1.ProofGenerationService`. A prover that fails is followed by the next one;
 * those that are merely unavailable are asked again. What comes back is not believed: a proof that does not verify, or is of other
 * values than the native execution has, is followed by the next prover's, and its prover is set aside: until it gives a good proof,
 * the others are asked first. Only if all lie, their last answer is given, for the certifier to refuse.
 *
 * `prove` rejects with a {@link RemoteProverError}. Connections are held until `close`.
 */
export class RemoteProver implements Prover, Disposable {
  readonly #o: RemoteProverOptions
  readonly #endpoints: readonly ProverEndpoint[]
  readonly #clock: Clock
  readonly #retry: RetryPolicy
  readonly #logger: Logger
  readonly #fallbacks: Counter
  /** Provers whose last answer was a lie. */
  readonly #setAside = new Set<ProverEndpoint>()

  /** @throws RangeError without endpoints, and for one that is none. */
  constructor(o: RemoteProverOptions) {
    if (o.endpoints.length === 0) throw new RangeError('a remote prover has at least one endpoint')
    this.#o = o
    this.#clock = o.clock ?? realClock
    this.#retry = o.retry ?? defaultRetry
    this.#logger = o.logger ?? silentLogger
    this.#fallbacks = (o.metrics ?? silentMetrics).counter(
      'proving_fallback_triggered',
      'How often another prover was asked because one failed.',
    )
    const shared = {
      maxMessageBytes: this.#maxMessageBytes,
      tls: o.tls,
      compression: o.compression ?? 'identity',
      development: o.accepts.type === 'native',
    }
    this.#endpoints = o.endpoints.map((address) => new ProverEndpoint(address, shared))
  }

  async prove(
    input: ProverInput,
    { signal }: CallOptions,
  ): Promise<Result<ProofEnvelope, ProverError>> {
    signal.throwIfAborted()
    const request = encodeProofRequest(input)
    if (request.length > this.#maxMessageBytes) {
      const message = `${request.length} bytes, of at most ${this.#maxMessageBytes}`
      throw new RemoteProverError('PROVER_REQUEST_TOO_LARGE', message)
    }
    let candidates = this.#inOrder()
    for (let round = 1; ; round++) {
      const asked = await this.#askInOrder(candidates, input, request, signal)
      const { answer } = asked
      if (answer.type === 'proven') return ok(answer.envelope)
      if (answer.type === 'refused')
        return err({ code: 'ProofGenerationError', source: answer.source })
      candidates = asked.transient
      if (candidates.length === 0 || round >= this.#retry.maxAttempts) throw answer.error
      await this.#sleep(retryDelay(this.#retry, round), signal)
    }
  }

  verify(envelope: ProofEnvelope): Result<PessimisticProofOutput, EnvelopeError> {
    const { accepts } = this.#o
    return accepts.type === 'native'
      ? nativeProver().verify(envelope)
      : verifySp1Envelope(envelope, accepts)
  }

  /** Asks all endpoints how they are, for an operator. */
  async health({ signal }: CallOptions): Promise<readonly EndpointHealth[]> {
    const deadline = this.#clock.nowUtc() + HEALTH_TIMEOUT_MS
    return Promise.all(
      this.#endpoints.map(async (endpoint) => ({
        endpoint: endpoint.address,
        serving: await endpoint.check({ signal, deadline }),
        isSetAside: this.#setAside.has(endpoint),
      })),
    )
  }

  /** The endpoints whose last answer was a lie. */
  get setAside(): readonly string[] {
    return [...this.#setAside].map(({ address }) => address)
  }

  /** Closes the connections; what is being asked fails. */
  close(): void {
    for (const endpoint of this.#endpoints) endpoint.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  get #maxMessageBytes(): number {
    return this.#o.maxMessageBytes ?? MAX_MESSAGE_BYTES
  }

  #inOrder(): readonly ProverEndpoint[] {
    const isTrusted = (endpoint: ProverEndpoint): boolean => !this.#setAside.has(endpoint)
    return [...this.#endpoints.filter(isTrusted), ...this.#setAside]
  }

  /**
   * The first answer that is true; or the last failure, with the endpoints that may answer later; or, where all lie, the last lie.
   */
  async #askInOrder(
    candidates: readonly ProverEndpoint[],
    input: ProverInput,
    request: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ readonly answer: EndpointAnswer; readonly transient: readonly ProverEndpoint[] }> {
    const transient: ProverEndpoint[] = []
    let lie: EndpointAnswer | undefined
    let failure: EndpointAnswer | undefined
    for (const [position, endpoint] of candidates.entries()) {
      const deadline = this.#clock.nowUtc() + (this.#o.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      const answer = await endpoint.prove(input, request, { signal, deadline })
      signal.throwIfAborted()
      const untruth = answer.type === 'failed' ? undefined : this.#untruthIn(answer, input)
      if (answer.type !== 'failed' && untruth === undefined) {
        this.#setAside.delete(endpoint)
        return { answer, transient }
      }
      if (answer.type === 'failed') failure = answer
      else lie = answer
      if (answer.type === 'failed' && answer.isTransient) transient.push(endpoint)
      if (untruth !== undefined) this.#setLiarAside(endpoint, untruth)
      if (position === candidates.length - 1) break
      this.#fallbacks.inc()
      const message = answer.type === 'failed' ? answer.error.message : untruth
      this.#logger.warn('the next prover is asked', { endpoint: endpoint.address, message })
    }
    const answer = failure ?? lie
    if (answer === undefined) throw new RangeError('no endpoints to ask')
    return { answer, transient }
  }

  /** What is untrue about an answer, by the native execution and the proof's verification. */
  #untruthIn(
    answer: Exclude<EndpointAnswer, { readonly type: 'failed' }>,
    { state, header }: ProverInput,
  ): string | undefined {
    const executed = generatePessimisticProof(state, header)
    if (answer.type === 'refused')
      return executed.ok ? `it refuses a good witness: ${answer.source.code}` : undefined
    const { publicValues } = answer.envelope
    if (!executed.ok || !bytesEqual(publicValues, encodePublicValues(executed.value)))
      return 'its proof is of other public values'
    const verified = this.verify(answer.envelope)
    return verified.ok ? undefined : `its proof does not verify: ${verified.error.code}`
  }

  #setLiarAside(endpoint: ProverEndpoint, reason: string): void {
    this.#setAside.delete(endpoint)
    this.#setAside.add(endpoint)
    this.#logger.error('a prover lies, and is set aside', { endpoint: endpoint.address, reason })
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    using ctx = Ctx.root({ clock: this.#clock, random: systemRandom, signal })
    try {
      await ctx.sleep(ms)
    } catch (e) {
      signal.throwIfAborted()
      throw e
    }
  }
}
