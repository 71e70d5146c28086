import type { Result } from '@zkstack/crypto'
import type { json } from '@zkstack/pessimistic-proof'
import type { RpcError } from '../json-rpc/rpc-error.js'

/** What a subscriber is called with. */
export interface Subscriber {
  /** Something happened. */
  notify(result: json.JsonValue): void
  /** Something may have happened that was not told. */
  lost(): void
}

/** What can be subscribed to, beside the methods of one namespace. */
export interface RpcTopics {
  /** `interop`: the methods are `interop_subscribe` and `interop_unsubscribe`, the notifications `interop_subscription`. */
  readonly namespace: string
  /**
   * Tells a subscriber of everything from now on, until the returned function is called.
   * @param params of the subscribing call: the topic, and a filter
   */
  subscribe(params: json.JsonValue, subscriber: Subscriber): Result<() => void, RpcError>
}
