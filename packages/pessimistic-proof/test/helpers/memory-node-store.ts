import { toHex } from '@zkstack/crypto'
import type { NodeStore, NodeWrite } from '../../src/index.js'

/** A node store in a map, which counts what is asked of it. */
export class MemoryNodeStore implements NodeStore {
  readonly records = new Map<string, Uint8Array>()
  reads = 0
  batches = 0

  async get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.reads += keys.length
    return keys.map((key) => this.records.get(toHex(key)))
  }

  async write(batch: readonly NodeWrite[]): Promise<void> {
    this.batches++
    for (const write of batch) {
      if (write.type === 'put') this.records.set(toHex(write.key), write.value)
      else this.records.delete(toHex(write.key))
    }
  }
}
