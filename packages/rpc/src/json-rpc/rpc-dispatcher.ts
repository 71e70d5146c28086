import {
  Ctx,
  errorOf,
  isCanceled,
  silentLogger,
  type Clock,
  type Logger,
} from '@zkstack/concurrency'
import type { Result } from '@zkstack/crypto'
import { json } from '@zkstack/pessimistic-proof'
import { anyJson } from './json-forms.js'
import { rpcError } from './rpc-error.js'
import type { RpcCall, RpcMethods, RpcResult } from './rpc-method.js'
import {
  readMessage,
  type BadRequest,
  type BatchLimit,
  type RpcId,
  type RpcRequest,
} from './rpc-request.js'

/** Options of {@link RpcDispatcher}. */
export interface RpcDispatcherOptions {
  readonly methods: RpcMethods
  readonly batchLimit: BatchLimit
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  readonly clock: Clock
  readonly logger?: Logger | undefined
}

/** Answers JSON-RPC messages, however they came. */
export class RpcDispatcher {
  readonly #o: RpcDispatcherOptions
  readonly #logger: Logger

  constructor(o: RpcDispatcherOptions) {
    this.#o = o
    this.#logger = o.logger ?? silentLogger
  }

  /** The answer to a message; `undefined` if it wants none. Calls of a batch are done one after another. */
  async answer(text: string, o: RpcCall): Promise<string | undefined> {
    const message = readMessage(text, this.#o.batchLimit)
    if (!message.ok) return this.#bounded(null, refused(message.error))
    if (message.value.type === 'single') return this.#answerOne(message.value.request, o)
    const answers: string[] = []
    let bytes = 2
    for (const request of message.value.requests) {
      // Nobody waits for the rest, and what is given up goes on a while: all of it would go on at once.
      if (o.signal.aborted) return undefined
      const answer = await this.#answerOne(request, o)
      if (answer === undefined) continue
      bytes += answer.length + 1
      if (bytes > this.#o.maxResponseBytes) return this.#tooLarge(null)
      answers.push(answer)
    }
    return answers.length === 0 ? undefined : `[${answers.join(',')}]`
  }

  async #answerOne(
    request: Result<RpcRequest, BadRequest>,
    o: RpcCall,
  ): Promise<string | undefined> {
    if (!request.ok) return this.#bounded(request.error.id, refused(request.error))
    const { id, method, params } = request.value
    const result = await this.#call(method, params, o)
    return id === undefined ? undefined : this.#bounded(id, result)
  }

  async #call(method: string, params: json.JsonValue, o: RpcCall): Promise<RpcResult> {
    const known = this.#o.methods.get(method)
    if (known === undefined) return rpcError('methodNotFound', 'Method not found')
    const { clock, timeoutMs } = this.#o
    using ctx = Ctx.root({ clock, signal: o.signal, timeoutMs })
    try {
      return await ctx.race(known(params, { ...o, signal: ctx.signal }))
    } catch (e) {
      if (isCanceled(e) || ctx.canceled) {
        this.#logger.warn('a call was given up', {
          method,
          isTimeout: !o.signal.aborted,
          timeoutMs,
        })
        return rpcError('unavailable', `Unavailable: ${method} took longer than ${timeoutMs} ms`)
      }
      // What is inside stays inside: the log has it.
      this.#logger.error('a call failed', { method, error: errorOf(e) })
      return rpcError('internal', 'Internal error')
    }
  }

  #bounded(id: RpcId, result: RpcResult): string {
    const answer = written(id, result)
    return answer.length > this.#o.maxResponseBytes ? this.#tooLarge(id) : answer
  }

  #tooLarge(id: RpcId): string {
    const limit = this.#o.maxResponseBytes
    return written(id, rpcError('internal', `Response is too big: the limit is ${limit} bytes`))
  }
}

function refused({ error }: BadRequest): RpcResult {
  return { ok: false, error }
}

function written(id: RpcId, result: RpcResult): string {
  const outcome: readonly [string, json.JsonValue] = result.ok
    ? ['result', result.value]
    : ['error', errorJson(result.error)]
  return json.stringify(anyJson, new Map([['jsonrpc', '2.0'], ['id', id], outcome]))
}

function errorJson({
  code,
  message,
  data,
}: Extract<RpcResult, { readonly ok: false }>['error']): json.JsonValue {
  return new Map<string, json.JsonValue>([
    ['code', new json.JsonNumber(String(code))],
    ['message', message],
    ...(data === undefined ? [] : [['data', data] as const]),
  ])
}
