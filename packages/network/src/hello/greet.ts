import type { Clock, Ctx } from '@zkstack/concurrency'
import { err, type Result } from '@zkstack/crypto'
import { decodeHelloFrame } from '../codec.js'
import { NetworkError } from '../errors.js'
import { goodbye, type Goodbye } from '../goodbye.js'
import type { NetworkLimits } from '../limits.js'
import { Patience } from '../patience.js'
import { protocols } from '../protocols.js'
import type { FrameStream, TransportConnection } from '../transport/network-transport.js'
import { runHello, sendGoodbye, type HelloInit, type HelloResult } from './hello.js'

/** How the hello of a connection ended, and the stream on which either side may say goodbye later. */
export interface Greeting {
  readonly stream: FrameStream | undefined
  readonly outcome: Result<HelloResult, Goodbye>
}

/**
 * Opens or awaits the hello stream of a new connection and runs the hello, all within `helloTimeoutMs`.
 * @throws CanceledError when `ctx` ends.
 */
export async function greet(
  ctx: Ctx,
  connection: TransportConnection,
  o: { readonly limits: NetworkLimits; readonly hello: HelloInit },
): Promise<Greeting> {
  using patience = ctx.child({ timeoutMs: o.limits.helloTimeoutMs })
  let stream: FrameStream | undefined
  try {
    stream = await helloStream(patience, connection, o.limits.frames.hello)
    const outcome = await runHello(patience, stream, connection, o.hello)
    if (!outcome.ok && outcome.error.by === 'us') {
      await farewell(ctx.clock, { stream, connection }, { reason: outcome.error })
    }
    return { stream, outcome }
  } catch (e) {
    ctx.throwIfCanceled()
    if (patience.canceled) {
      const late = goodbye('TIMEOUT', `the hello took longer than ${o.limits.helloTimeoutMs} ms`)
      if (stream) await farewell(ctx.clock, { stream, connection }, { reason: late })
      return { stream, outcome: err(late) }
    }
    if (!(e instanceof NetworkError)) throw e
    return { stream, outcome: err({ code: 'LOST', text: e.message, by: 'peer' }) }
  }
}

/**
 * Says goodbye and gives the peer the time to hear it: it hangs up when it has. Had we hung up first, what it
 * was just sending us would have reset the line, and the goodbye with it.
 */
export async function farewell(
  clock: Clock,
  to: { readonly stream: FrameStream; readonly connection: TransportConnection },
  o: { readonly reason: Goodbye; readonly lastWords?: Promise<void> },
): Promise<void> {
  const { stream, connection } = to
  using enough = new Patience(clock, FAREWELL_MS)
  // when both say goodbye, neither need wait for the other to hang up
  const heard = sendGoodbye(stream, o.reason).then(() => o.lastWords ?? hearOut(stream))
  await Promise.race([heard.catch(() => undefined), connection.closed, enough.over])
}

/** Receives until the peer has said goodbye or its stream ends. */
async function hearOut(stream: FrameStream): Promise<void> {
  for (;;) {
    const bytes = await stream.receive()
    if (!bytes || decodeHelloFrame(bytes).kind === 'goodbye') return
  }
}

/** Bounds the end of a process. */
const FAREWELL_MS = 500

async function helloStream(
  ctx: Ctx,
  connection: TransportConnection,
  maxFrameBytes: number,
): Promise<FrameStream> {
  if (connection.direction === 'outbound') {
    return ctx.race(connection.openStream(protocols.hello, { signal: ctx.signal, maxFrameBytes }))
  }
  const opened = new Promise<FrameStream>((resolve, reject) => {
    connection.onStream(protocols.hello, maxFrameBytes, (stream) => {
      resolve(stream)
      return Promise.resolve()
    })
    const closed = (): void => {
      reject(new NetworkError('NETWORK_CLOSED', 'the connection was closed before its hello'))
    }
    connection.closed.then(closed, closed)
  })
  opened.catch(() => undefined)
  return ctx.race(opened)
}
