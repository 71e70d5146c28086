declare const multiplierBrand: unique symbol

/** A factor with three decimals, as a number of thousandths. */
export type Multiplier = bigint & { readonly [multiplierBrand]: true }

const ONE = 1000n

/** The factor that `value` writes. @throws RangeError when it is negative or has more than three decimals. */
export function multiplier(value: number): Multiplier {
  const thousandths = Math.round(value * 1000)
  const exact =
    Number.isSafeInteger(thousandths) && thousandths >= 0 && thousandths / 1000 === value
  if (!exact) throw new RangeError(`multiplier: expected at most three decimals, got ${value}`)
  return BigInt(thousandths) as Multiplier
}

/** `factor` × `amount`, rounded up. */
export function multiplied(factor: Multiplier, amount: bigint): bigint {
  return (factor * amount + ONE - 1n) / ONE
}
