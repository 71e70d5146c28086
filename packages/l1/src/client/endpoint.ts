import { Ctx, isCanceled, type Logger } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import { inconsistent, unavailable, type L1Error } from '../l1-error.js'
import { AnswerError, quantityOf } from './answer-fields.js'
import { classifyRpcError, type RpcError } from './classify-rpc-error.js'
import type { ClientMetrics } from './client-metrics.js'
import { httpExchange, type HttpTarget } from './http-exchange.js'
import type { EndpointOptions, ResolvedClientOptions } from './l1-client-options.js'
import { redactText, redactUrl } from './redact-url.js'

/** A question, and how its answer is read; `decode` throws an `AnswerError` for one that cannot be. */
export interface Question<T> {
  readonly method: string
  readonly params: readonly unknown[]
  readonly decode: (result: unknown) => T
  /** What an error means that is as good as an answer; `undefined` for one that is not. */
  readonly absorb?: (error: RpcError) => { readonly value: T } | undefined
}

/** One endpoint: whether it is worth asking, and what it answers. */
export class Endpoint {
  /** Scheme, host and port: all that may be said of it. */
  readonly name: string
  readonly #target: HttpTarget
  readonly #o: ResolvedClientOptions
  readonly #metrics: ClientMetrics
  readonly #logger: Logger
  #nextId = 1
  #failures = 0
  #restsUntil = -Infinity
  #asksForRest = false
  #chainIsChecked = false
  #lastFailure: L1Error | undefined

  constructor(endpoint: EndpointOptions, o: ResolvedClientOptions, metrics: ClientMetrics) {
    this.name = redactUrl(endpoint.url)
    this.#target = {
      url: endpoint.url,
      headers: endpoint.headers ?? {},
      fetch: o.fetch,
      maxAnswerBytes: o.maxAnswerBytes,
    }
    this.#o = o
    this.#metrics = metrics
    this.#logger = o.logger.child({ endpoint: this.name })
  }

  /** `ready`; `resting` after failures, to be asked if nobody else answers; `barred`, by its own wish or for being of another chain. */
  get state(): 'ready' | 'resting' | 'barred' {
    if (this.#o.clock.now() >= this.#restsUntil) return 'ready'
    return this.#asksForRest ? 'barred' : 'resting'
  }

  /** Why it rests, when it does: the error, and in it the milliseconds until it is ready. */
  get restsBecause(): L1Error | undefined {
    const restMs = this.#restsUntil - this.#o.clock.now()
    if (!(restMs > 0) || this.#lastFailure === undefined) return undefined
    return this.#lastFailure.code === 'UNAVAILABLE'
      ? { ...this.#lastFailure, retryAfterMs: restMs }
      : this.#lastFailure
  }

  /** Asks once. @throws CanceledError when the signal aborts. */
  async ask<T>(question: Question<T>, signal: AbortSignal): Promise<Result<T, L1Error>> {
    if (!this.#chainIsChecked) {
      const checked = await this.#checkChain(signal)
      if (!checked.ok) return checked
    }
    const answer = await this.#answer(question, signal)
    if (answer.ok || answer.error.code === 'REFUSED') this.#recover()
    return answer
  }

  /** Notes that the endpoint is behind the others, though it answers. */
  distrust(reason: string): void {
    this.#rest(unavailable(reason))
  }

  async #checkChain(signal: AbortSignal): Promise<Result<void, L1Error>> {
    const decode = (result: unknown): bigint => quantityOf(result, 'chain id')
    const answer = await this.#answer({ method: 'eth_chainId', params: [], decode }, signal)
    if (!answer.ok) return answer
    if (answer.value === this.#o.chainId) {
      this.#chainIsChecked = true
      return ok(undefined)
    }
    const error = inconsistent(
      `${this.name}: is of chain ${answer.value}, not of ${this.#o.chainId}`,
    )
    this.#rest(error, this.#o.maxRestMs, true)
    return err(error)
  }

  async #answer<T>(question: Question<T>, signal: AbortSignal): Promise<Result<T, L1Error>> {
    const { clock, random } = this.#o
    const since = clock.now()
    const answer = await this.#exchange(question, Ctx.root({ clock, random, signal }))
    this.#metrics.answered(question.method, this.name, answer, clock.now() - since)
    if (answer.ok || answer.error.code === 'REFUSED') return answer
    const { retryAfterMs } = answer.error.code === 'UNAVAILABLE' ? answer.error : {}
    this.#rest(answer.error, retryAfterMs, retryAfterMs !== undefined)
    return answer
  }

  async #exchange<T>(question: Question<T>, root: Ctx): Promise<Result<T, L1Error>> {
    using outer = root
    using ctx = outer.child({ timeoutMs: this.#o.timeoutMs })
    const { method, params } = question
    try {
      const answer = await httpExchange(ctx, this.#target, { id: this.#nextId++, method, params })
      if (!answer.ok) return err(this.#named(answer.error))
      if ('result' in answer.value) return ok(question.decode(answer.value.result))
      const absorbed = question.absorb?.(answer.value.error)
      if (absorbed !== undefined) return ok(absorbed.value)
      return err(this.#named(classifyRpcError(answer.value.error, method)))
    } catch (e) {
      if (e instanceof AnswerError)
        return err(inconsistent(`${this.name}: ${method}: ${e.message}`))
      if (isCanceled(e) && !outer.canceled)
        return err(unavailable(`${this.name}: no answer in ${this.#o.timeoutMs} ms`))
      throw e
    }
  }

  /** Errors say whose they are, and never the whole address, which often holds a key. */
  #named<E extends L1Error>(error: E): E {
    return { ...error, message: `${this.name}: ${redactText(error.message, this.#target.url)}` }
  }

  #recover(): void {
    if (this.#failures > 0) this.#logger.info('the endpoint answers again')
    this.#failures = 0
    this.#restsUntil = -Infinity
  }

  #rest(error: L1Error, restMs?: number, asksForRest = false): void {
    const { clock, random, minRestMs, maxRestMs } = this.#o
    const grown = Math.min(maxRestMs, minRestMs * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    this.#lastFailure = error
    this.#chainIsChecked = false
    this.#asksForRest = asksForRest
    this.#restsUntil = clock.now() + (restMs ?? grown * (0.5 + random.float() / 2))
    this.#logger.warn('the endpoint failed', {
      code: error.code,
      reason: error.message,
      failures: this.#failures,
    })
  }
}
