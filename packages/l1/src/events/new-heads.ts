import { errorOf, silentLogger, type Ctx, type Logger } from '@zkstack/concurrency'
import { WebSocket } from 'ws'
import { redactText, redactUrl } from '../client/redact-url.js'

/** Says that there may be a new block, never which: what it is, the client finds out and checks. */
export interface HeadSource {
  /** Calls `onHead` for each sign of a new block, until the context is canceled. @throws CanceledError then, and nothing else. */
  run(ctx: Ctx, onHead: () => void): Promise<void>
}

/** What becomes of a connection for new heads: `connecting` is said of every attempt after the first. */
export type HeadsStatus = 'connecting' | 'connected' | 'lost'

/** Options of {@link newHeads}. */
export interface NewHeadsOptions {
  readonly chainId: bigint
  /** `ws:` or `wss:`. */
  readonly url: string
  /** Silence after which the connection counts as dead; default 60 000. */
  readonly silenceMs?: number
  /** Pause before the first attempt to connect again; doubles with each one. Default 500, at most 30 000. */
  readonly minPauseMs?: number
  readonly maxPauseMs?: number
  /** Told of each change; must not throw. `connected`: the node has said that heads will come. */
  readonly onStatus?: ((status: HeadsStatus) => void) | undefined
  readonly logger?: Logger
}

/** Bytes of a message that is read; a header has less than 2 KiB. */
const maxMessageBytes = 64 * 1024

/**
 * Follows `newHeads` over a WebSocket, and connects again for ever. It only wakes up who polls anyway, so that a lost, dumb or
 * lying connection costs time and nothing else.
 *
 * @see https://geth.ethereum.org/docs/interacting-with-geth/rpc/pubsub
 */
export function newHeads(o: NewHeadsOptions): HeadSource {
  const logger = (o.logger ?? silentLogger).child({ endpoint: redactUrl(o.url) })
  const minPauseMs = o.minPauseMs ?? 500
  const maxPauseMs = o.maxPauseMs ?? 30_000
  return {
    async run(ctx, onHead) {
      for (let failures = 0, attempts = 0; ; failures++, attempts++) {
        if (attempts > 0) o.onStatus?.('connecting')
        try {
          await follow(ctx, o, () => {
            failures = 0
            onHead()
          })
        } catch (e) {
          ctx.throwIfCanceled()
          o.onStatus?.('lost')
          const reason = redactText(errorOf(e).message, o.url)
          logger.warn('the connection for new heads is lost', { reason, failures })
        }
        // Heads may have been missed.
        onHead()
        const pauseMs = Math.min(maxPauseMs, minPauseMs * 2 ** Math.min(failures, 30))
        await ctx.sleep(pauseMs * (0.5 + ctx.random.float() / 2))
      }
    },
  }
}

/** One connection. @throws Error when it ends, CanceledError when the context is canceled. */
async function follow(outer: Ctx, o: NewHeadsOptions, onHead: () => void): Promise<never> {
  using ctx = outer.child()
  const socket = new WebSocket(o.url, { maxPayload: maxMessageBytes })
  const silenceMs = o.silenceMs ?? 60_000
  try {
    return await ctx.race(
      new Promise<never>((_, reject) => {
        let disarm = (): void => undefined
        const heard = (): void => {
          disarm()
          disarm = ctx.clock.setTimer(ctx.clock.now() + silenceMs, () => {
            reject(new Error(`nothing was heard for ${silenceMs} ms`))
          })
        }
        ctx.onCancel(() => {
          disarm()
        })
        heard()
        socket.on('error', reject)
        socket.on('close', (code) => {
          reject(new Error(`the connection was closed with code ${code}`))
        })
        socket.on('open', () => {
          send(socket, 1, 'eth_chainId', [])
        })
        socket.on('message', (data) => {
          heard()
          try {
            onMessage(socket, textOf(data), o, onHead)
          } catch (e) {
            reject(errorOf(e))
          }
        })
      }),
    )
  } finally {
    ctx.cancel()
    socket.removeAllListeners()
    // A socket that is still connecting reports its end as an error.
    socket.on('error', () => undefined)
    socket.terminate()
  }
}

function onMessage(
  socket: WebSocket,
  text: string,
  { chainId, onStatus }: NewHeadsOptions,
  onHead: () => void,
): void {
  const message = JSON.parse(text) as {
    readonly id?: unknown
    readonly method?: unknown
    readonly result?: unknown
    readonly error?: { readonly message?: unknown } | null
  } | null
  // Nodes that are not strict send both, the one that does not count as null.
  if (typeof message?.error === 'object' && message.error !== null)
    throw new Error(`the node refuses: ${String(message.error.message)}`)
  if (message?.id === 1) {
    if (message.result !== `0x${chainId.toString(16)}`)
      throw new Error(`the node is of chain ${String(message.result)}, not of ${chainId}`)
    send(socket, 2, 'eth_subscribe', ['newHeads'])
  }
  if (message?.id === 2) onStatus?.('connected')
  // With the subscription, too: there may have been heads before it.
  if (message?.id === 2 || message?.method === 'eth_subscription') onHead()
}

function send(socket: WebSocket, id: number, method: string, params: readonly unknown[]): void {
  socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.from(data as Uint8Array).toString('utf8')
}
