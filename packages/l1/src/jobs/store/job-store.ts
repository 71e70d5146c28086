import type { Result } from '@zkstack/crypto'

/**
 * One change of a batch. `insert` is a `put` that refuses the whole batch when the key is there already: what may happen once
 * happens once.
 */
export type BatchOperation =
  | {
      readonly type: 'put' | 'insert'
      readonly table: string
      readonly key: Uint8Array
      readonly value: Uint8Array
    }
  | { readonly type: 'del'; readonly table: string; readonly key: Uint8Array }

/** Why a batch was refused, nothing of it having been written. */
export interface InsertRefused {
  readonly code: 'ALREADY_PRESENT'
  readonly table: string
  readonly key: Uint8Array
}

/** Which entries of a table, in the order of their keys. */
export interface KeyRange {
  readonly gte?: Uint8Array
  readonly lt?: Uint8Array
  /** From the highest key down. */
  readonly reverse?: boolean
  readonly limit?: number
}

/**
 * Where jobs are kept: tables of ordered byte keys, with atomic batches over all tables. Others may keep theirs in the same store,
 * and have them written in the batch that creates a job.
 */
export interface JobStore {
  /** The value of a key; `undefined` if there is none. */
  get(table: string, key: Uint8Array): Promise<Uint8Array | undefined>
  entries(table: string, range: KeyRange): AsyncIterable<readonly [Uint8Array, Uint8Array]>
  /** Makes all changes, durably, or none of them; batches are made one after another. */
  write(batch: readonly BatchOperation[]): Promise<Result<void, InsertRefused>>
}
