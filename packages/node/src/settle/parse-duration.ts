const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of a duration such as `"5s"`, `"1m 30s"` or `"10min"`, or of a number of seconds; `undefined` for anything else. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? value * 1_000 : undefined
  if (typeof value !== 'string' || !/^\s*(\d+\s*[a-z]+\s*)+$/.test(value)) return undefined
  let total = 0
  for (const [, count = '', unit = ''] of value.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const factor = units[unit]
    if (factor === undefined) return undefined
    total += Number(count) * factor
  }
  return Number.isSafeInteger(total) ? total : undefined
}
