import { toHex } from '@zkstack/crypto'
import { isNewerNetAddress } from '@zkstack/roles'
import type { PeerRule } from '../peers/fault.js'
import type { ValidatorAddress } from './validator-address.js'

/** How {@link ValidatorAddresses} judges what it is told. */
export interface AddressJudge {
  /** Whether a validator key is of a committee whose addresses are of use. */
  isMember(validatorKey: Uint8Array): boolean
  /** Checks the signature; asked last. */
  verify(announced: ValidatorAddress): boolean
}

/** What became of a list of addresses. */
export interface Merged {
  /** Those that are new to us; right ones that came before a wrong one count. */
  readonly news: readonly ValidatorAddress[]
  /** The rule that the list breaks. */
  readonly fault: Extract<PeerRule, 'BAD_ADDRESS' | 'BAD_ADDRESS_LIST'> | undefined
}

/** The newest address of each validator, as far as it is known: by version, then by time. */
export class ValidatorAddresses {
  readonly #newest = new Map<string, ValidatorAddress>()

  /** Every newest address. */
  get all(): readonly ValidatorAddress[] {
    return [...this.#newest.values()]
  }

  of(validatorKey: Uint8Array): ValidatorAddress | undefined {
    return this.#newest.get(toHex(validatorKey))
  }

  /**
   * Takes a list of a peer. A validator that is named twice spoils all of it, since signatures are dear; those who are not of the
   * committee, and what is not newer, are passed over unverified; the first wrong signature ends it.
   */
  merge(list: readonly ValidatorAddress[], judge: AddressJudge): Merged {
    const names = new Set(list.map(({ validatorKey }) => toHex(validatorKey)))
    if (names.size !== list.length) return { news: [], fault: 'BAD_ADDRESS_LIST' }
    const news: ValidatorAddress[] = []
    for (const announced of list) {
      const known = this.of(announced.validatorKey)
      if (!judge.isMember(announced.validatorKey)) continue
      if (known && !isNewerNetAddress(announced.address, known.address)) continue
      if (!judge.verify(announced)) return { news, fault: 'BAD_ADDRESS' }
      this.#newest.set(toHex(announced.validatorKey), announced)
      news.push(announced)
    }
    return { news, fault: undefined }
  }

  /** Forgets those who are of no committee any more. */
  retain(isMember: (validatorKey: Uint8Array) => boolean): void {
    for (const [id, { validatorKey }] of [...this.#newest])
      if (!isMember(validatorKey)) this.#newest.delete(id)
  }
}
