const decimals: Readonly<Record<string, number>> = { wei: 0, gwei: 9, eth: 18, ether: 18 }

/** Wei of an amount such as `"100gwei"`, `"0.1eth"` or a number of wei; `undefined` for anything else. */
export function parseAmount(value: unknown): bigint | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined
  if (typeof value !== 'string') return undefined
  const [, whole = '', fraction = '', unit = 'wei'] =
    /^(\d{1,30})(?:\.(\d{1,18}))?\s*([a-z]+)?$/.exec(value.trim().toLowerCase()) ?? []
  const places = decimals[unit]
  if (whole === '' || places === undefined || fraction.length > places) return undefined
  return BigInt(whole + fraction.padEnd(places, '0'))
}
