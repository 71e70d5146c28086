import { keccak256 } from '@zkstack/crypto'
import { Signers } from '@zkstack/roles'
import type { ChonkyState } from '../chonky/state.js'
import { encodeValue } from './encode-value.js'

/** Bytes of a digest of a state. */
export const stateDigestBytes = 16

/** Parts whose bytes are no more than these stand for themselves; hashing them would cost more than it saves. */
const inlineBytes = 192

/**
 * Digests states: the first 16 bytes of a tree of keccak256 over everything but the configuration. States share what did not
 * change, and what stands for a part is remembered as long as the part lives: a step costs what it changed.
 */
export class StateDigest {
  readonly #known = new WeakMap<object, Uint8Array>()

  /** The digest of a state; equal states have equal digests. */
  of(state: ChonkyState): Uint8Array {
    return hash(this.#content({ ...state, config: undefined }))
  }

  /** What stands for an object: its own bytes, if they are few, or their hash. */
  #standIn(value: object): Uint8Array {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const content = this.#content(value)
    const standIn = content.length <= inlineBytes ? content : hash(content)
    this.#known.set(value, standIn)
    return standIn
  }

  #content(value: object): Uint8Array {
    if (value instanceof Uint8Array || value instanceof Signers) return encodeValue(value)
    if (Array.isArray(value)) return encodeValue(value.map((part) => this.#part(part)))
    if (value instanceof Map) {
      const parts = [...value].map(([key, part]) => [key as unknown, this.#part(part)])
      return encodeValue(['map', parts])
    }
    if (value instanceof Set) {
      return encodeValue(['set', [...value].map((part) => this.#part(part))])
    }
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return encodeValue(['object', fields.map(([name, part]) => [name, this.#part(part)])])
  }

  #part(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Uint8Array && value.length <= inlineBytes) return value
    return { part: this.#standIn(value) }
  }
}

function hash(content: Uint8Array): Uint8Array {
  return keccak256(content).slice(0, stateDigestBytes)
}
