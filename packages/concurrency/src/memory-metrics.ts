import type {
  Counter,
  Gauge,
  Histogram,
  HistogramOptions,
  LabelValues,
  MetricsSink,
} from './metrics.js'

/** Upper bounds in seconds: from a millisecond to a minute, about 2.5-fold apart. */
export const defaultBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

type Kind = 'counter' | 'gauge' | 'histogram'

interface Series {
  readonly labels: LabelValues
  value: number
  sum: number
  readonly buckets: number[]
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/

const escaped: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' }
const escape = (text: string): string => text.replace(/[\\\n"]/g, (c) => escaped[c] ?? c)

/** One metric with a series per combination of label values. */
class Family implements Counter, Gauge, Histogram {
  readonly series = new Map<string, Series>()

  constructor(
    readonly kind: Kind,
    readonly name: string,
    readonly help: string,
    readonly labelNames: readonly string[],
    readonly bounds: readonly number[],
  ) {
    if (labelNames.length === 0) this.#series({})
  }

  inc(n = 1, labels: LabelValues = {}): void {
    if (!(n >= 0)) throw new RangeError(`${this.name} only grows: ${n}`)
    this.#series(labels).value += n
  }

  set(value: number, labels: LabelValues = {}): void {
    this.#series(labels).value = value
  }

  observe(value: number, labels: LabelValues = {}): void {
    const series = this.#series(labels)
    series.value += 1
    series.sum += value
    const bucket = this.bounds.findIndex((bound) => value <= bound)
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  lines(): string[] {
    const head = [`# HELP ${this.name} ${escape(this.help)}`, `# TYPE ${this.name} ${this.kind}`]
    return [...head, ...[...this.series.values()].flatMap((s) => this.#samples(s))]
  }

  #samples(s: Series): string[] {
    if (this.kind === 'gauge')
      return [`${this.name}${this.#labelText(s.labels)} ${number(s.value)}`]
    if (this.kind === 'counter')
      return [`${this.name}_total${this.#labelText(s.labels)} ${number(s.value)}`]
    let below = 0
    const buckets = this.bounds.map((bound, i) => {
      below += s.buckets[i] ?? 0
      return `${this.name}_bucket${this.#labelText(s.labels, number(bound))} ${below}`
    })
    const labels = this.#labelText(s.labels)
    return [
      ...buckets,
      `${this.name}_bucket${this.#labelText(s.labels, '+Inf')} ${s.value}`,
      `${this.name}_count${labels} ${s.value}`,
      `${this.name}_sum${labels} ${number(s.sum)}`,
    ]
  }

  #labelText(labels: LabelValues, le?: string): string {
    const pairs = this.labelNames.map((name) => `${name}="${escape(labels[name] ?? '')}"`)
    if (le !== undefined) pairs.push(`le="${le}"`)
    return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
  }

  #series(labels: LabelValues): Series {
    if (Object.keys(labels).length !== this.labelNames.length) {
      throw new TypeError(
        `${this.name} has the labels [${this.labelNames.join(', ')}], not [${Object.keys(labels).join(', ')}]`,
      )
    }
    const key = JSON.stringify(this.labelNames.map((name) => labels[name]))
    const known = this.series.get(key)
    if (known !== undefined) return known
    const missing = this.labelNames.find((name) => labels[name] === undefined)
    if (missing !== undefined) throw new TypeError(`${this.name} lacks the label ${missing}`)
    const fresh = { labels: { ...labels }, value: 0, sum: 0, buckets: this.bounds.map(() => 0) }
    this.series.set(key, fresh)
    return fresh
  }
}

function number(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}

/** A sink that keeps its metrics in memory, to be shown as OpenMetrics text; two nodes in one process use two of them. */
export class MemoryMetrics implements MetricsSink {
  readonly #families = new Map<string, Family>()

  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    // The text format puts the suffix on the sample and leaves it out of the name.
    return this.#family('counter', name.replace(/_total$/, ''), help, labels, [])
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Gauge {
    return this.#family('gauge', name, help, labels, [])
  }

  histogram(name: string, help: string, o: HistogramOptions = {}): Histogram {
    return this.#family('histogram', name, help, o.labels ?? [], o.buckets ?? defaultBuckets)
  }

  /** A metric's present value (a histogram's count) for these labels; `undefined` when it has none. A counter's `_total` may be left out. */
  value(name: string, labels: LabelValues = {}): number | undefined {
    const family = this.#families.get(name) ?? this.#families.get(name.replace(/_total$/, ''))
    return family?.series.get(JSON.stringify(family.labelNames.map((label) => labels[label])))
      ?.value
  }

  /**
   * All metrics as OpenMetrics 1.0 text, ending in `# EOF`.
   *
   * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
   */
  openMetrics(): string {
    return [...[...this.#families.values()].flatMap((family) => family.lines()), '# EOF', ''].join(
      '\n',
    )
  }

  #family(
    kind: Kind,
    name: string,
    help: string,
    labels: readonly string[],
    bounds: readonly number[],
  ): Family {
    const known = this.#families.get(name)
    if (known !== undefined) {
      if (known.kind !== kind || known.labelNames.join() !== labels.join()) {
        throw new TypeError(
          `${name} is a ${known.kind} with the labels [${known.labelNames.join(', ')}] already`,
        )
      }
      return known
    }
    if (!metricName.test(name)) throw new TypeError(`${name} is no metric name`)
    const bad = labels.find((label) => !labelName.test(label) || label === 'le')
    if (bad !== undefined) throw new TypeError(`${bad} is no label name`)
    if (bounds.some((bound, i) => i > 0 && bound <= (bounds[i - 1] ?? -Infinity)))
      throw new RangeError(`the buckets of ${name} must ascend`)
    const family = new Family(kind, name, help, labels, bounds)
    this.#families.set(name, family)
    return family
  }
}
