import { errorOf, isCanceled, type Ctx } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import { inconsistent, refused, unavailable, type L1Error } from '../l1-error.js'
import type { RpcError } from './classify-rpc-error.js'
import { readBody } from './read-body.js'

/** The function of the platform, or one that stands in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Where questions go, and how. */
export interface HttpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  /** Bytes of the largest answer that is read. */
  readonly maxAnswerBytes: number
}

/** One question of JSON-RPC. */
export interface RpcQuestion {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

/** What JSON-RPC allows as an answer. */
export type RpcAnswer = { readonly result: unknown } | { readonly error: RpcError }

/** Asks once, without a retry. @throws CanceledError when the context is canceled, also by its deadline. */
export async function httpExchange(
  ctx: Ctx,
  target: HttpTarget,
  question: RpcQuestion,
): Promise<Result<RpcAnswer, L1Error>> {
  try {
    const response = await ctx.race(
      target.fetch(target.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...target.headers },
        body: JSON.stringify({ jsonrpc: '2.0', ...question }),
        signal: ctx.signal,
        redirect: 'error',
      }),
    )
    const body = await ctx.race(readBody(response, target.maxAnswerBytes))
    if (body === undefined)
      return err(refused('TOO_LARGE', `the answer is larger than ${target.maxAnswerBytes} bytes`))
    return readAnswer(response, body, question.id)
  } catch (e) {
    ctx.throwIfCanceled()
    if (isCanceled(e)) throw e
    return err(unavailable(`no answer: ${causeOf(e)}`))
  }
}

function readAnswer(response: Response, body: string, id: number): Result<RpcAnswer, L1Error> {
  const { status } = response
  const answer = parse(body)
  const isBusy = status === 408 || status === 429 || status >= 500
  if (!isBusy && isRecord(answer)) {
    const { error, result } = answer
    if (isRecord(error)) return ok({ error: rpcErrorOf(error) })
    if (response.ok && result !== undefined)
      return answer['id'] === id
        ? ok({ result })
        : err(inconsistent('the answer is one to another question'))
  }
  if (response.ok) return err(unavailable('the answer is no JSON-RPC'))
  return err(unavailable(`HTTP status ${status}`, retryAfterMs(response)))
}

function rpcErrorOf({ code, message, data }: Readonly<Record<string, unknown>>): RpcError {
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message.slice(0, 1000) : 'no message',
    data,
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The longest that an endpoint may keep itself from being asked. */
const longestRetryAfterMs = 300_000

/** Seconds of a `Retry-After`; its other form, a date, counts as none. */
function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? NaN)
  return Number.isFinite(seconds) && seconds >= 0
    ? Math.min(seconds * 1000, longestRetryAfterMs)
    : undefined
}

/** The platform's errors say only that the fetch failed; their cause says why. */
function causeOf(e: unknown): string {
  const { message, cause } = errorOf(e)
  return cause instanceof Error ? cause.message || String(cause) : message
}
