import { keccak256 } from '@zkstack/crypto'
import { Signers } from '@zkstack/roles'
import type { ChonkyState } from '../chonky/state.js'
import { encodeValue } from './encode-value.js'

/** Bytes of a digest of a state. */
export const stateDigestBytes = 16

/**
 * Digests states: the first 16 bytes of a tree of keccak256 over everything but the configuration. States share what did not
 * change, and a digest once made of a part is remembered as long as the part lives: a step costs what it changed.
 */
export class StateDigest {
  readonly #known = new WeakMap<object, Uint8Array>()

  /** The digest of a state; equal states have equal digests. */
  of(state: ChonkyState): Uint8Array {
    return this.#digest({ ...state, config: undefined })
  }

  #digest(value: object): Uint8Array {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const digest = keccak256(this.#content(value)).slice(0, stateDigestBytes)
    this.#known.set(value, digest)
    return digest
  }

  #content(value: object): Uint8Array {
    if (value instanceof Uint8Array || value instanceof Signers) return encodeValue(value)
    if (Array.isArray(value)) return encodeValue(value.map((part) => this.#part(part)))
    if (value instanceof Map) {
      const parts = [...value].map(([key, part]) => [key as unknown, this.#part(part)])
      return encodeValue(['map', parts])
    }
    if (value instanceof Set)
      return encodeValue(['set', [...value].map((part) => this.#part(part))])
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return encodeValue(['object', fields.map(([name, part]) => [name, this.#part(part)])])
  }

  /** Small values as they are, others by their digest. */
  #part(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Uint8Array && value.length <= 2 * stateDigestBytes) return value
    return { digest: this.#digest(value) }
  }
}
