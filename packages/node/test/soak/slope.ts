/** A value at a time. */
export interface Point {
  readonly minute: number
  readonly value: number
}

/** A trend with its 95 % confidence interval. */
export interface Slope {
  readonly mean: number
  /** Change a minute. */
  readonly perMinute: number
  readonly low: number
  readonly high: number
  /** How long the points go on. */
  readonly minutes: number
}

/** What stands for the values of a part of the time. */
export type PartValue = 'mean' | 'most'

const BINS = 20

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959964

/**
 * The slope of a line through the means of twenty equal parts of the time, or through the highest values of each, by least squares.
 * As neighbouring parts resemble each other, the interval counts only as many of them as are independent by the correlation of
 * neighbouring residuals. Undefined for fewer than three points in any part.
 */
export function slopeOf(points: readonly Point[], part: PartValue = 'mean'): Slope | undefined {
  const bins = binned(points, part)
  if (bins === undefined) return undefined
  const x = mean(bins.map(({ minute }) => minute))
  const y = mean(bins.map(({ value }) => value))
  const spread = sum(bins.map(({ minute }) => (minute - x) ** 2))
  const perMinute = sum(bins.map(({ minute, value }) => (minute - x) * (value - y))) / spread
  const residuals = bins.map(({ minute, value }) => value - y - perMinute * (minute - x))
  const degrees = Math.max(4, independent(residuals)) - 2
  const error = Math.sqrt(sum(residuals.map((r) => r ** 2)) / degrees / spread)
  const margin = studentQuantile(degrees) * error
  const minutes = rangeOf(points.map(({ minute }) => minute))
  return { mean: y, perMinute, low: perMinute - margin, high: perMinute + margin, minutes }
}

function binned(points: readonly Point[], part: PartValue): readonly Point[] | undefined {
  const minutes = points.map(({ minute }) => minute)
  const [start, end] = [Math.min(...minutes), Math.max(...minutes)]
  const bins: Point[] = []
  for (let i = 0; i < BINS; i++) {
    const [from, to] = [i, i + 1].map((edge) => start + ((end - start) * edge) / BINS)
    const inside = points.filter(
      ({ minute }) => minute >= (from ?? 0) && (minute < (to ?? 0) || i === BINS - 1),
    )
    if (inside.length < 3) return undefined
    const values = inside.map(({ value }) => value)
    bins.push({
      minute: mean(inside.map(({ minute }) => minute)),
      value: part === 'mean' ? mean(values) : Math.max(...values),
    })
  }
  return bins
}

/** How many values of a series with such neighbours count. */
function independent(residuals: readonly number[]): number {
  const squares = sum(residuals.map((r) => r ** 2))
  if (squares === 0) return residuals.length
  const products = sum(residuals.slice(1).map((r, i) => r * (residuals[i] ?? 0)))
  const correlation = Math.min(0.9, Math.max(0, products / squares))
  return (residuals.length * (1 - correlation)) / (1 + correlation)
}

/** 97.5 % quantile of Student's distribution, by the expansion of Cornish and Fisher. */
function studentQuantile(degrees: number): number {
  const first = (Z ** 3 + Z) / 4
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96
  const third = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384
  return Z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}

function rangeOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
