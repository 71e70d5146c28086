import { Metadata, type Client, type ServiceError } from '@grpc/grpc-js'
import { err, ok, type Result } from '@zkstack/crypto'
import { bufferOf, bytesOf } from './buffers.js'

/** Asks once. A cancelled call is a failure as well: the caller knows its signal. */
export function unaryCall(
  client: Client,
  path: string,
  request: Uint8Array,
  o: {
    readonly signal: AbortSignal
    /** Milliseconds since the Unix epoch. */
    readonly deadline: number
  },
): Promise<Result<Uint8Array, ServiceError>> {
  return new Promise((resolve) => {
    const cancel = (): void => {
      call.cancel()
    }
    const call = client.makeUnaryRequest(
      path,
      bufferOf,
      bytesOf,
      request,
      new Metadata(),
      { deadline: o.deadline },
      (error, answer) => {
        o.signal.removeEventListener('abort', cancel)
        resolve(error === null ? ok(answer ?? new Uint8Array()) : err(error))
      },
    )
    o.signal.addEventListener('abort', cancel, { once: true })
    if (o.signal.aborted) cancel()
  })
}
