/** What a call may be given: a signal that ends it early. */
export interface NodeStoreOptions {
  readonly signal?: AbortSignal
}

/** One change of a record. */
export type NodeWrite =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** Where trees keep their nodes: any ordered or unordered key-value store with atomic batches. */
export interface NodeStore {
  /** The values of these keys, in their order; `undefined` where there is none. */
  get(
    keys: readonly Uint8Array[],
    o?: NodeStoreOptions,
  ): Promise<readonly (Uint8Array | undefined)[]>
  /** Makes all these changes, durably, or none of them. */
  write(batch: readonly NodeWrite[], o?: NodeStoreOptions): Promise<void>
}

/**
 * Why a tree cannot be read from its store; `key` is the record's.
 *
 * - `NodeMissing`: a node that its parent names is not there.
 * - `NodeCorrupted`: a record has the wrong form, or does not hash to what its parent says.
 * - `DepthOutOfBounds`: a node stands deeper than the tree.
 */
export interface NodeStoreError {
  readonly code: 'NodeMissing' | 'NodeCorrupted' | 'DepthOutOfBounds'
  readonly key: Uint8Array
}
