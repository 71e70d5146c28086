import { ZkStackError } from '@zkstack/concurrency'

/**
 * Codes of a {@link NetworkError}.
 *
 * `NETWORK_PORT_IN_USE`: another process listens on the address. `NETWORK_ADDRESS`: the address is not
 * `host:port`. `NETWORK_LISTEN_FAILED`: the system refuses to listen. `NETWORK_DIAL_FAILED`: nobody answers.
 * `NETWORK_WRONG_PEER`: another key answers. `NETWORK_FRAME_TOO_LARGE`: a frame is above the limit of its
 * stream. `NETWORK_STREAM_RESET`: the stream broke. `NETWORK_CLOSED`: the connection or network has ended.
 * `NETWORK_TIMEOUT`: no answer in time.
 * `NETWORK_FLOOD`: the remote side does more on a connection than any session needs. `NETWORK_HELLO`: the remote side cannot take part in a hello.
 * `NETWORK_TWIN_VALIDATOR`: a peer proves our own validator key. `NETWORK_FALLBACK`: the fallback source fails, or gave a wrong block.
 */
export type NetworkErrorCode =
  | 'NETWORK_PORT_IN_USE'
  | 'NETWORK_ADDRESS'
  | 'NETWORK_LISTEN_FAILED'
  | 'NETWORK_DIAL_FAILED'
  | 'NETWORK_WRONG_PEER'
  | 'NETWORK_FRAME_TOO_LARGE'
  | 'NETWORK_STREAM_RESET'
  | 'NETWORK_CLOSED'
  | 'NETWORK_TIMEOUT'
  | 'NETWORK_FLOOD'
  | 'NETWORK_HELLO'
  | 'NETWORK_TWIN_VALIDATOR'
  | 'NETWORK_FALLBACK'

/** An error of this package, with a stable code. */
export class NetworkError extends ZkStackError {
  constructor(code: NetworkErrorCode, message: string, o?: { readonly cause?: unknown }) {
    super(code, message, o)
  }
}

/** Whether `e` is the {@link NetworkError} of that code. */
export function isNetworkError(e: unknown, code: NetworkErrorCode): e is NetworkError {
  return e instanceof NetworkError && e.code === code
}
