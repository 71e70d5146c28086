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
  /** Told of those whose validator is of no committee now; they are not verified. */
  passOver?(announced: ValidatorAddress): void
}

/** The rule that a list of addresses breaks. */
export type AddressFault = Extract<PeerRule, 'BAD_ADDRESS' | 'BAD_ADDRESS_LIST'>

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

  /** Takes an address that is known to be right, unless it is not newer than what is there. */
  take(announced: ValidatorAddress): boolean {
    const known = this.of(announced.validatorKey)
    if (known && !isNewerNetAddress(announced.address, known.address)) return false
    this.#newest.set(toHex(announced.validatorKey), announced)
    return true
  }

  /**
   * Takes a list of a peer; yields after each signature, so that others get their turn, and returns the rule that the list breaks.
   * A validator that is named twice spoils all of it, since signatures are dear; those who are of no committee, and what is not
   * newer, are passed over unverified; the first wrong signature ends it, and what came before it counts.
   */
  *merge(
    list: readonly ValidatorAddress[],
    judge: AddressJudge,
  ): Generator<ValidatorAddress, AddressFault | undefined> {
    const names = new Set(list.map(({ validatorKey }) => toHex(validatorKey)))
    if (names.size !== list.length) return 'BAD_ADDRESS_LIST'
    for (const announced of list) {
      const known = this.of(announced.validatorKey)
      if (!judge.isMember(announced.validatorKey)) {
        judge.passOver?.(announced)
        continue
      }
      if (known && !isNewerNetAddress(announced.address, known.address)) continue
      if (!judge.verify(announced)) return 'BAD_ADDRESS'
      if (this.take(announced)) yield announced
    }
    return undefined
  }

  /** Forgets those who are of no committee any more, and returns their addresses. */
  retain(isMember: (validatorKey: Uint8Array) => boolean): readonly ValidatorAddress[] {
    const left = this.all.filter(({ validatorKey }) => !isMember(validatorKey))
    for (const { validatorKey } of left) this.#newest.delete(toHex(validatorKey))
    return left
  }
}
