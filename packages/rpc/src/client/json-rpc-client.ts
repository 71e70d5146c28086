import { Ctx, errorOf, isProgrammingError, realClock, type Clock } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import { json, type CallOptions } from '@zkstack/pessimistic-proof'
import { anyJson } from '../json-rpc/json-forms.js'
import { rpcErrorCodes, type RpcError } from '../json-rpc/rpc-error.js'

/** The platform's `fetch`, as far as it is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Options of {@link JsonRpcClient}. */
export interface JsonRpcClientOptions {
  /** `http:` or `https:`. */
  readonly url: string
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined
  /** Of a call, in milliseconds; default 30 000. */
  readonly timeoutMs?: number | undefined
  /** Of the longest answer that is read; default 10 MiB. */
  readonly maxResponseBytes?: number | undefined
  readonly clock?: Clock | undefined
  /** Default: that of the platform. */
  readonly fetch?: Fetch | undefined
}

/**
 * Why a call has no result: the server's answer (`ANSWERED`), no answer in time (`UNREACHABLE`), one that is no JSON-RPC
 * (`MALFORMED`), or that it takes no call of this length (`TOO_LARGE`).
 */
export type CallError =
  | { readonly code: 'ANSWERED'; readonly message: string; readonly error: RpcError }
  | { readonly code: 'UNREACHABLE' | 'MALFORMED' | 'TOO_LARGE'; readonly message: string }

/** Calls the methods of a JSON-RPC server over HTTP. */
export class JsonRpcClient {
  readonly #o: JsonRpcClientOptions
  readonly #clock: Clock
  readonly #fetch: Fetch

  /** @throws TypeError when the URL is none. */
  constructor(o: JsonRpcClientOptions) {
    if (!URL.canParse(o.url) || !/^https?:$/.test(new URL(o.url).protocol))
      throw new TypeError('url: expected an http: or https: URL')
    this.#o = o
    this.#clock = o.clock ?? realClock
    this.#fetch = o.fetch ?? ((url, init) => fetch(url, init))
  }

  /** Calls a method; the signal ends it early. */
  async call(
    method: string,
    params: readonly json.JsonValue[],
    o: CallOptions,
  ): Promise<Result<json.JsonValue, CallError>> {
    o.signal.throwIfAborted()
    const { timeoutMs = 30_000 } = this.#o
    using ctx = Ctx.root({ clock: this.#clock, signal: o.signal, timeoutMs })
    try {
      return readAnswer(await this.#exchange(method, params, ctx.signal))
    } catch (e) {
      o.signal.throwIfAborted()
      if (isProgrammingError(e) && !(e instanceof TypeError)) throw e
      const reason = ctx.canceled ? `no answer within ${timeoutMs} ms` : reasonOf(e)
      const isTooLarge = e instanceof HttpStatusError && e.status === 413
      return err({
        code: isTooLarge ? 'TOO_LARGE' : 'UNREACHABLE',
        message: `${method}: ${reason}`,
      })
    }
  }

  async #exchange(
    method: string,
    params: readonly json.JsonValue[],
    signal: AbortSignal,
  ): Promise<string> {
    const { url, token, maxResponseBytes = 10 * 1024 * 1024 } = this.#o
    const message = new Map<string, json.JsonValue>([
      ['jsonrpc', '2.0'],
      ['id', new json.JsonNumber('1')],
      ['method', method],
      ['params', params],
    ])
    const response = await this.#fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: json.stringify(anyJson, message),
      redirect: 'error',
      signal,
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new HttpStatusError(response.status)
    }
    return readText(response, maxResponseBytes)
  }
}

class HttpStatusError extends Error {
  constructor(readonly status: number) {
    super(`the server answers with HTTP status ${status}`)
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const chunk = await reader?.read()
    if (chunk?.value === undefined) return Buffer.concat(chunks).toString('utf8')
    bytes += chunk.value.length
    if (bytes > maxBytes) {
      await reader?.cancel()
      throw new Error(`the answer has more than ${maxBytes} bytes`)
    }
    chunks.push(chunk.value)
  }
}

function readAnswer(text: string): Result<json.JsonValue, CallError> {
  const parsed = json.parse(anyJson, text)
  if (!parsed.ok || !(parsed.value instanceof Map))
    return err({ code: 'MALFORMED', message: 'the answer is no JSON-RPC' })
  const members = parsed.value as json.JsonObject
  // Servers that are not strict send both, one of them null.
  const error = readError(members.get('error'))
  if (error !== undefined) return err({ code: 'ANSWERED', message: error.message, error })
  const result = members.get('result')
  return result === undefined
    ? err({ code: 'MALFORMED', message: 'the answer has neither result nor error' })
    : ok(result)
}

function readError(value: json.JsonValue | undefined): RpcError | undefined {
  if (!(value instanceof Map)) return undefined
  const members = value as json.JsonObject
  const [code, message, data] = [members.get('code'), members.get('message'), members.get('data')]
  if (!(code instanceof json.JsonNumber) || !/^-?\d{1,9}$/.test(code.text)) return undefined
  return {
    code: Number(code.text),
    message: typeof message === 'string' ? message : codeName(Number(code.text)),
    ...(data === undefined ? {} : { data }),
  }
}

function codeName(code: number): string {
  const known = Object.entries(rpcErrorCodes).find(([, value]) => value === code)
  return known === undefined ? `error ${code}` : known[0]
}

/** fetch hides the reason in the cause. */
function reasonOf(e: unknown): string {
  const error = errorOf(e)
  return error.cause instanceof Error ? error.cause.message : error.message
}
