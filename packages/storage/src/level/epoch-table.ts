import { DecodeError, type SignatureScheme } from '@zkstack/crypto'
import { decodeEpochRecord, encodeEpochRecord, type EpochRecord } from '@zkstack/roles'
import { assertEpochFollows } from '../epoch-order.js'
import { StorageError } from '../storage-error.js'
import type { EpochStore } from '../store.js'
import { checkedBody, checkedRecord } from './checked-record.js'
import { be64 } from './fields.js'
import type { Journal } from './journal.js'
import type { Operation } from './record-database.js'

/** What an {@link EpochTable} works with. */
export interface EpochTableInit {
  readonly journal: Journal
  /** The scheme of the genesis that the store is bound to. @throws StorageError `STORE_UNBOUND`. */
  scheme(): SignatureScheme
  /** Runs a task in line with all other writes. */
  inLine<T>(task: () => Promise<T>): Promise<T>
}

/** The epochs of a store: a record each, under its number. */
export class EpochTable implements EpochStore {
  readonly #o: EpochTableInit

  constructor(o: EpochTableInit) {
    this.#o = o
  }

  latest(): Promise<bigint | undefined> {
    return this.#o.inLine(() => this.#latest())
  }

  get(epoch: bigint): Promise<EpochRecord | undefined> {
    return this.#o.inLine(() => this.#read(epoch))
  }

  save(record: EpochRecord): Promise<void> {
    return this.#o.inLine(async () => {
      const latest = await this.#latest()
      assertEpochFollows(record, latest, await this.#read(record.epoch))
      const key = be64(record.epoch)
      const { value } = checkedRecord('epoch', key, encodeEpochRecord(record))
      await this.#o.journal.commit([{ type: 'put', table: 'epoch', key, value }], {})
    })
  }

  /** What removes every record. */
  async planWipe(): Promise<Operation[]> {
    const operations: Operation[] = []
    for await (const [key] of this.#o.journal.database.entries('epoch')) {
      operations.push({ type: 'del', table: 'epoch', key })
    }
    return operations
  }

  async #latest(): Promise<bigint | undefined> {
    this.#o.journal.assertHealthy()
    for await (const [key] of this.#o.journal.database.entries('epoch', { reverse: true })) {
      return new DataView(key.buffer, key.byteOffset).getBigUint64(0)
    }
    return undefined
  }

  async #read(epoch: bigint): Promise<EpochRecord | undefined> {
    const scheme = this.#o.scheme()
    const key = be64(epoch)
    const value = await this.#o.journal.database.get('epoch', key)
    if (value === undefined) return undefined
    try {
      return decodeEpochRecord(checkedBody('epoch', key, value), scheme)
    } catch (e) {
      if (!(e instanceof DecodeError)) throw e
      throw new StorageError('STORE_CORRUPT', `the record of epoch ${epoch} does not decode`, {
        cause: e,
      })
    }
  }
}
