import { compareBytes } from '@zkstack/crypto'
import type { TableEntry } from './record-database.js'

/** Records of a table in the order of their keys, of which some are wanted, in that order, too. */
export class RecordRun implements AsyncDisposable {
  readonly #runs: AsyncIterator<readonly TableEntry[]>
  /** What was read last, and how much of it has a lower key than was asked for. */
  #run: readonly TableEntry[] = []
  #at = 0

  constructor(runs: AsyncIterable<readonly TableEntry[]>) {
    this.#runs = runs[Symbol.asyncIterator]()
  }

  /** The record with this key, which is above all that were asked for before; undefined when there is none. */
  async at(key: Uint8Array): Promise<Uint8Array | undefined> {
    for (;;) {
      const record = this.#run[this.#at] ?? (await this.#next())
      if (record === undefined) return undefined
      const order = compareBytes(record[0], key)
      if (order > 0) return undefined
      this.#at += 1
      if (order === 0) return record[1]
    }
  }

  /** Reads no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runs.return?.()
  }

  async #next(): Promise<TableEntry | undefined> {
    const next = await this.#runs.next()
    this.#run = next.done === true ? [] : next.value
    this.#at = 0
    return this.#run[0]
  }
}
