import { compareBytes } from '@zkstack/crypto'

/** Records of a table in the order of their keys, of which some are wanted, in that order, too. */
export class RecordRun implements AsyncDisposable {
  readonly #records: AsyncIterator<readonly [Uint8Array, Uint8Array]>
  /** Read, and of a later key than was asked for. */
  #ahead: readonly [Uint8Array, Uint8Array] | undefined

  constructor(records: AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>) {
    this.#records = records[Symbol.asyncIterator]()
  }

  /** The record with this key, which is above all that were asked for before; undefined when there is none. */
  async at(key: Uint8Array): Promise<Uint8Array | undefined> {
    for (;;) {
      const record = this.#ahead ?? (await this.#next())
      if (record === undefined) return undefined
      const order = compareBytes(record[0], key)
      this.#ahead = order > 0 ? record : undefined
      if (order >= 0) return order === 0 ? record[1] : undefined
    }
  }

  /** Reads no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#records.return?.()
  }

  async #next(): Promise<readonly [Uint8Array, Uint8Array] | undefined> {
    const next = await this.#records.next()
    return next.done === true ? undefined : next.value
  }
}
