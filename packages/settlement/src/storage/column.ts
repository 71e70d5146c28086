import { concatBytes } from '@zkstack/crypto'
import type { BatchOperation as JobBatchOperation } from '@zkstack/l1'
import type { BatchOperation, Database } from './database.js'
import { corruptRecord } from './settlement-storage-error.js'

/** How a type is kept: as bytes of a form of their own. */
export interface RecordCodec<T> {
  encode(value: T): Uint8Array
  /** @throws SettlementStorageError `STORAGE_CORRUPT` */
  decode(bytes: Uint8Array): T
}

/** The bytes before the keys of a column, as Level's sublevels have them: `!`, the name, `!`. */
export function columnPrefix(name: string): Uint8Array {
  return new TextEncoder().encode(`!${name}!`)
}

/** The lowest key above all that begin with these bytes, none of which may be 255 alone. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice()
  let last = end.length - 1
  while (last >= 0 && end[last] === 0xff) last--
  if (last < 0) throw new RangeError('prefix: nothing is above it')
  end[last] = (end[last] ?? 0) + 1
  return end.subarray(0, last + 1)
}

/** A column family: records of one kind, in a sublevel of its own. */
export class Column<K, V> {
  readonly name: string
  readonly #prefix: Uint8Array
  readonly #key: RecordCodec<K>
  readonly #value: RecordCodec<V>

  constructor(name: string, key: RecordCodec<K>, value: RecordCodec<V>) {
    this.name = name
    this.#prefix = columnPrefix(name)
    this.#key = key
    this.#value = value
  }

  /** The change that stores a record. */
  put(key: K, value: V): BatchOperation {
    return { type: 'put', key: this.#keyOf(key), value: this.#value.encode(value) }
  }

  /** The change that deletes a record. */
  del(key: K): BatchOperation {
    return { type: 'del', key: this.#keyOf(key) }
  }

  /** A change for a batch that another one writes, in a database whose tables are these columns. */
  inBatch(type: 'put' | 'insert', key: K, value: V): JobBatchOperation {
    return {
      type,
      table: this.name,
      key: this.#key.encode(key),
      value: this.#value.encode(value),
    }
  }

  /** The record of a key; `undefined` if there is none. */
  async get(database: Database, key: K): Promise<V | undefined> {
    const [value] = await database.getMany([this.#keyOf(key)])
    return value === undefined ? undefined : this.#value.decode(value)
  }

  /** The records whose keys begin with these bytes, in the order of the keys. */
  async *entries(
    database: Database,
    o: { readonly prefix?: Uint8Array; readonly reverse?: boolean; readonly limit?: number } = {},
  ): AsyncGenerator<readonly [K, V], void, undefined> {
    const { prefix = new Uint8Array(), ...rest } = o
    const gte = concatBytes(this.#prefix, prefix)
    for await (const [key, value] of database.entries({ ...rest, gte, lt: prefixEnd(gte) }))
      yield [this.#key.decode(key.subarray(this.#prefix.length)), this.#value.decode(value)]
  }

  #keyOf(key: K): Uint8Array {
    return concatBytes(this.#prefix, this.#key.encode(key))
  }
}

/** A form whose reading gives a value or a reason. */
export function recordCodec<T>(
  name: string,
  encode: (value: T) => Uint8Array,
  decode: (
    bytes: Uint8Array,
  ) => { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: object },
): RecordCodec<T> {
  return {
    encode,
    decode(bytes) {
      const result = decode(bytes)
      if (result.ok) return result.value
      throw corruptRecord(name, JSON.stringify(result.error))
    },
  }
}
