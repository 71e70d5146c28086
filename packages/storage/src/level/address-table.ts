import type { AddressStore } from '../store.js'
import { checkedBody, checkedRecord } from './checked-record.js'
import { be64, FieldReader } from './fields.js'
import type { Journal } from './journal.js'

/** What an {@link AddressTable} works with. */
export interface AddressTableInit {
  readonly journal: Journal
  /** Runs a task in line with all other writes. */
  inLine<T>(task: () => Promise<T>): Promise<T>
}

/** The versions of announced addresses: a record each, under the key of its validator. They outlive a change of the genesis. */
export class AddressTable implements AddressStore {
  readonly #o: AddressTableInit

  constructor(o: AddressTableInit) {
    this.#o = o
  }

  version(validator: Uint8Array): Promise<bigint | undefined> {
    return this.#o.inLine(() => this.#read(validator))
  }

  saveVersion(validator: Uint8Array, version: bigint): Promise<void> {
    return this.#o.inLine(async () => {
      const known = await this.#read(validator)
      if (known !== undefined && known >= version) return
      const { value } = checkedRecord('address', validator, be64(version))
      await this.#o.journal.commit([{ type: 'put', table: 'address', key: validator, value }], {})
    })
  }

  async #read(validator: Uint8Array): Promise<bigint | undefined> {
    const { journal } = this.#o
    journal.assertHealthy()
    const value = await journal.database.get('address', validator)
    if (value === undefined) return undefined
    const reader = new FieldReader('address', checkedBody('address', validator, value))
    const version = reader.u64()
    reader.end()
    return version
  }
}
