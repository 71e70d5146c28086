declare const addressBrand: unique symbol

/** An Ethereum address: 20 bytes. */
export type Address = Uint8Array & { readonly [addressBrand]: true }

/**
 * Marks 20 bytes as an address; the array is not copied.
 * @throws RangeError when the length is not 20.
 */
export function address(bytes: Uint8Array): Address {
  if (bytes.length !== 20) throw new RangeError(`address: expected 20 bytes, got ${bytes.length}`)
  return bytes as Address
}
