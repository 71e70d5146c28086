import { toHex } from '@zkstack/crypto'
import { isNewerNetAddress } from '@zkstack/roles'
import type { ValidatorAddress } from './validator-address.js'

/**
 * Addresses of validators that are of no committee we know: the newest of each, and no more than so many, of which those that came
 * last stay.
 */
export class PassedOver {
  readonly #capacity: number
  readonly #addresses = new Map<string, ValidatorAddress>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  keep(announced: ValidatorAddress): void {
    const id = toHex(announced.validatorKey)
    const known = this.#addresses.get(id)
    if (known && !isNewerNetAddress(announced.address, known.address)) return
    this.#addresses.delete(id)
    this.#addresses.set(id, announced)
    for (const oldest of this.#addresses.keys()) {
      if (this.#addresses.size <= this.#capacity) break
      this.#addresses.delete(oldest)
    }
  }

  /** Takes out those whose validator is of a committee now. */
  take(isMember: (validatorKey: Uint8Array) => boolean): readonly ValidatorAddress[] {
    const taken = [...this.#addresses].filter(([, { validatorKey }]) => isMember(validatorKey))
    for (const [id] of taken) this.#addresses.delete(id)
    return taken.map(([, announced]) => announced)
  }
}
