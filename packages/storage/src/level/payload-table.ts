import type { Hash32 } from '@zkstack/crypto'
import { checkedBody, checkedPieces } from './checked-record.js'
import { checkedLargeBody, checkedLargeRecord, isLargeRecord } from './large-record.js'
import type { Operation, RecordDatabase } from './record-database.js'
import { payloadKey } from './state-record.js'

/** The payloads of a store, each once, for blocks and replica states alike. */
export class PayloadTable {
  readonly #database: RecordDatabase
  readonly #yieldTurn: () => Promise<void>

  constructor(database: RecordDatabase, yieldTurn: () => Promise<void>) {
    this.#database = database
    this.#yieldTurn = yieldTurn
  }

  /** What writes a payload; a promise for a large one, which is copied and hashed by steps. */
  planPut(number: bigint, hash: Hash32, payload: Uint8Array): Operation | Promise<Operation> {
    const key = payloadKey(number, hash)
    if (isLargeRecord(payload)) return this.#planLarge(key, payload)
    return { type: 'put', table: 'payload', key, value: checkedPieces('payload', key, payload) }
  }

  /** The payload, checked; undefined when it is not there. Throws StorageError `STORE_CORRUPT`. */
  async read(number: bigint, hash: Hash32): Promise<Uint8Array | undefined> {
    const key = payloadKey(number, hash)
    const value = await this.#database.get('payload', key)
    return value && this.check(key, value)
  }

  /** The payload in a record, checked: a view of it. Throws StorageError `STORE_CORRUPT`. */
  check(key: Uint8Array, value: Uint8Array): Uint8Array | Promise<Uint8Array> {
    if (isLargeRecord(value)) return checkedLargeBody('payload', key, value, this.#yieldTurn)
    return checkedBody('payload', key, value)
  }

  async #planLarge(key: Uint8Array, payload: Uint8Array): Promise<Operation> {
    const { value } = await checkedLargeRecord('payload', key, payload, this.#yieldTurn)
    return { type: 'put', table: 'payload', key, value }
  }
}
