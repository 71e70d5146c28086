import { toHex } from '@zkstack/crypto'
import type { AddressStore } from './store.js'

/** Versions of announced addresses in memory. */
export class MemoryAddresses implements AddressStore {
  readonly #versions = new Map<string, bigint>()

  async version(validator: Uint8Array): Promise<bigint | undefined> {
    return this.#versions.get(toHex(validator))
  }

  async saveVersion(validator: Uint8Array, version: bigint): Promise<void> {
    const known = this.#versions.get(toHex(validator))
    if (known === undefined || known < version) this.#versions.set(toHex(validator), version)
  }
}
