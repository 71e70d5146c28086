declare const hash32Brand: unique symbol

/** A 32-byte digest. */
export type Hash32 = Uint8Array & { readonly [hash32Brand]: true }

/**
 * Marks 32 bytes as a digest; the array is not copied.
 * @throws RangeError when the length is not 32.
 */
export function hash32(bytes: Uint8Array): Hash32 {
  if (bytes.length !== 32) throw new RangeError(`hash32: expected 32 bytes, got ${bytes.length}`)
  return bytes as Hash32
}
