/** The value below which the share `p` (0 to 1) of the values lies, by the nearest rank; `undefined` when there is none. */
export function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]
}
