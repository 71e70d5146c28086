/**
 * Checks that indices ascend strictly, as the order of signers in a schedule does.
 * @throws RangeError otherwise.
 */
export function assertAscending(items: readonly { readonly index: number }[]): void {
  let last = -1
  for (const { index } of items) {
    if (!Number.isSafeInteger(index) || index <= last) {
      throw new RangeError(`index: expected ascending indices, got ${index} after ${last}`)
    }
    last = index
  }
}

/** Throws a `RangeError` naming the secret, and never its bytes, unless `valid`. */
export function assertSecret(valid: boolean): void {
  if (!valid) throw new RangeError('secret: not a secret key of this signature scheme')
}
