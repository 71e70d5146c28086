import type { EpochRecord } from '@zkstack/roles'
import { assertEpochFollows } from './epoch-order.js'
import type { EpochStore } from './store.js'

/** Epochs that are forgotten when the process ends. */
export class MemoryEpochs implements EpochStore {
  readonly #records = new Map<bigint, EpochRecord>()
  #latest: bigint | undefined

  async latest(): Promise<bigint | undefined> {
    return this.#latest
  }

  async get(epoch: bigint): Promise<EpochRecord | undefined> {
    return this.#records.get(epoch)
  }

  async save(record: EpochRecord): Promise<void> {
    const { epoch } = record
    assertEpochFollows(record, this.#latest, this.#records.get(epoch))
    this.#records.set(epoch, record)
    if (this.#latest === undefined || epoch > this.#latest) this.#latest = epoch
  }

  /** Forgets everything, after a reset. */
  clear(): void {
    this.#records.clear()
    this.#latest = undefined
  }
}
