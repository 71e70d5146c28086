import type { PublicKeyHandle } from './signature-scheme.js'

const validated = new Map<number, WeakSet<PublicKeyHandle>>()

/**
 * Decoded forms of the keys that one scheme instance imported. A handle made by another backend of the same scheme id is
 * decoded again on first use, so that backends can be exchanged while keys live on.
 */
export class KeyRing<Key> {
  readonly #schemeId: number
  readonly #decode: (bytes: Uint8Array) => Key | undefined
  readonly #decoded = new WeakMap<PublicKeyHandle, Key>()

  constructor(schemeId: number, decode: (bytes: Uint8Array) => Key | undefined) {
    this.#schemeId = schemeId
    this.#decode = decode
    if (!validated.has(schemeId)) validated.set(schemeId, new WeakSet())
  }

  /** A handle of the key in `bytes`, which are copied; `undefined` when they are no valid key. */
  import(bytes: Uint8Array): PublicKeyHandle | undefined {
    const copy = Uint8Array.from(bytes)
    const key = this.#decode(copy)
    if (key === undefined) return undefined
    const handle: PublicKeyHandle = Object.freeze({ bytes: copy })
    this.#decoded.set(handle, key)
    validated.get(this.#schemeId)?.add(handle)
    return handle
  }

  /**
   * The decoded form of a handle.
   * @throws TypeError when the handle was not made by a scheme of this id.
   */
  open(handle: PublicKeyHandle): Key {
    const known = this.#decoded.get(handle)
    if (known !== undefined) return known
    if (validated.get(this.#schemeId)?.has(handle) !== true) {
      throw new TypeError('key: the handle was not imported by this signature scheme')
    }
    const key = this.#decode(handle.bytes)
    if (key === undefined) throw new TypeError('key: the bytes of the handle were changed')
    this.#decoded.set(handle, key)
    return key
  }
}
