/** Values of a metric's labels, one per declared label name. */
export type LabelValues = Readonly<Record<string, string>>

/** A number that only grows. */
export interface Counter {
  /** Adds `n`, 1 unless given. @throws RangeError when `n` is negative. */
  inc(n?: number, labels?: LabelValues): void
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: LabelValues): void
}

/** Observations counted in buckets. */
export interface Histogram {
  observe(value: number, labels?: LabelValues): void
}

/** Options of {@link MetricsSink.histogram}. */
export interface HistogramOptions {
  /** Upper bounds in ascending order, without infinity. */
  readonly buckets?: readonly number[]
  readonly labels?: readonly string[]
}

/** Where the library counts; embedders bridge it to their own metrics. Asking for a known name gives the same metric. */
export interface MetricsSink {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  gauge(name: string, help: string, labels?: readonly string[]): Gauge
  histogram(name: string, help: string, o?: HistogramOptions): Histogram
}

/** A sink that counts nothing: the default everywhere. */
export const silentMetrics: MetricsSink = {
  counter: () => ({ inc: () => undefined }),
  gauge: () => ({ set: () => undefined }),
  histogram: () => ({ observe: () => undefined }),
}
