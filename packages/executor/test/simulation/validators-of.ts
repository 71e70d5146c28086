/** A number of validators, or their weights, separated by commas. */
export function validatorsOf(text: string): number | readonly bigint[] {
  const weights = text.split(',')
  return weights.length > 1 ? weights.map(BigInt) : Number(text)
}
