import { Ctx, scope } from '@zkstack/concurrency'
import { err, type Result } from '@zkstack/crypto'
import type { CallOptions } from '@zkstack/storage'
import { unavailable, type L1Error } from '../l1-error.js'
import { clientMetrics } from './client-metrics.js'
import { Endpoint, type Question } from './endpoint.js'
import type { ResolvedClientOptions } from './l1-client-options.js'

/** For how long a broadcast waits for the other endpoints once one has taken it. */
const broadcastGraceMs = 1_000

/** An answer, and who gave it. */
export interface Attributed<T> {
  readonly endpoint: Endpoint
  readonly answer: Result<T, L1Error>
}

/** The endpoints of one chain: whom to ask, and whom next. */
export class EndpointPool {
  readonly #endpoints: readonly Endpoint[]
  readonly #o: ResolvedClientOptions

  constructor(o: ResolvedClientOptions) {
    const metrics = clientMetrics(o.metrics)
    this.#endpoints = o.endpoints.map((endpoint) => new Endpoint(endpoint, o, metrics))
    this.#o = o
  }

  /**
   * Asks one endpoint after another until one answers or refuses: those that are ready first, those that rest last, those that want
   * to be left alone not at all. That a node lacks a method counts as its answer only if nobody has it; so does an answer too large,
   * except of logs, of which all nodes have as many.
   */
  async ask<T>(question: Question<T>, { signal }: CallOptions): Promise<Result<T, L1Error>> {
    let failure: L1Error | undefined
    for (const endpoint of this.#inOrder()) {
      const answer = await endpoint.ask(question, signal)
      if (answer.ok) return answer
      if (isFinal(answer.error, question.method)) return answer
      failure = worse(failure, answer.error)
    }
    return err(failure ?? this.#nobody())
  }

  /** Asks every endpoint that is not barred, one after another. */
  async *askEach<T>(
    question: Question<T>,
    { signal }: CallOptions,
  ): AsyncGenerator<Attributed<T>, void, undefined> {
    for (const endpoint of this.#inOrder())
      yield { endpoint, answer: await endpoint.ask(question, signal) }
  }

  /**
   * Tells all endpoints at once. The first success decides, and the others get a second more; without any, a refusal weighs more
   * than silence.
   */
  async broadcast<T>(question: Question<T>, o: CallOptions): Promise<Result<T, L1Error>> {
    const { clock, random } = this.#o
    const endpoints = this.#inOrder()
    const answers: Result<T, L1Error>[] = []
    using root = Ctx.root({ clock, random, signal: o.signal })
    await scope(root, async (ctx, s) => {
      using grace = ctx.child()
      const asked = endpoints.map((endpoint) =>
        s.spawn(async () => {
          const answer = await this.#unlessCanceled(endpoint, question, grace)
          if (answer === undefined) return
          answers.push(answer)
          if (answer.ok) clockOut(grace, broadcastGraceMs)
        }),
      )
      for (const task of asked) await task.join()
    })
    root.throwIfCanceled()
    const failures = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]))
    const refusal = failures.find((error) => error.code === 'REFUSED')
    return answers.find((answer) => answer.ok) ?? err(refusal ?? failures.at(-1) ?? this.#nobody())
  }

  async #unlessCanceled<T>(
    endpoint: Endpoint,
    question: Question<T>,
    grace: Ctx,
  ): Promise<Result<T, L1Error> | undefined> {
    try {
      return await endpoint.ask(question, grace.signal)
    } catch (e) {
      if (grace.canceled) return undefined
      throw e
    }
  }

  #inOrder(): readonly Endpoint[] {
    const states = this.#endpoints.map((endpoint) => ({ endpoint, state: endpoint.state }))
    const of = (wanted: Endpoint['state']): Endpoint[] =>
      states.filter(({ state }) => state === wanted).map(({ endpoint }) => endpoint)
    return [...of('ready'), ...of('resting')]
  }

  /** Why there is nobody to ask: all are barred, each for a reason. */
  #nobody(): L1Error {
    const reasons = this.#endpoints.flatMap((endpoint) => endpoint.restsBecause ?? [])
    const worst = reasons.reduce<L1Error | undefined>(worse, undefined)
    return worst ?? unavailable('every endpoint has just failed')
  }
}

/** Whether another node would refuse as well. */
function isFinal(error: L1Error, method: string): boolean {
  if (error.code !== 'REFUSED' || error.reason === 'UNSUPPORTED') return false
  return error.reason !== 'TOO_LARGE' || method === 'eth_getLogs'
}

/** A node that failed may have the method that another lacks; of two failures, a contradiction says more than silence. */
function worse(before: L1Error | undefined, now: L1Error): L1Error {
  const rank = { REFUSED: 0, UNAVAILABLE: 1, INCONSISTENT: 2 }
  return before === undefined || rank[now.code] > rank[before.code] ? now : before
}

/** Cancels a context after a while, unless it ends before. */
function clockOut(ctx: Ctx, afterMs: number): void {
  if (ctx.canceled) return
  const cancelTimer = ctx.clock.setTimer(ctx.clock.now() + afterMs, () => {
    ctx.cancel()
  })
  ctx.onCancel(cancelTimer)
}
