import {
  MemoryMetrics,
  type Counter,
  type Gauge,
  type Histogram,
  type HistogramOptions,
  type LabelValues,
  type MetricsSink,
} from '@zkstack/concurrency'
import { prometheusText } from './prometheus-text.js'

/** What a scrape is answered with. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/** A sink that Prometheus can scrape; each node of a process has its own. Made by {@link prometheusMetrics}. */
export interface PrometheusMetrics extends MetricsSink {
  /**
   * All metrics, in the format that the `Accept` header of a scrape asks for: OpenMetrics 1.0, or by default the text format
   * 0.0.4.
   */
  expose(accept?: string): Exposition
  /** The newest observations of a histogram, oldest first; at most 240. Empty when there are none. */
  recent(name: string, labels?: LabelValues): readonly number[]
  /** Names of the metrics asked for so far, as a scrape shows them: a counter's ends in `_total`. */
  names(): readonly string[]
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** Observations kept of each series: four minutes at one a second. */
const REMEMBERED = 240

/** The type of the answer to a scrape with that `Accept` header: one of two, whatever else stands there. */
export function contentTypeFor(accept = ''): string {
  return accept.includes('application/openmetrics-text') ? OPEN_METRICS : TEXT
}

/** Makes a sink for a node's `metrics` option. */
export function prometheusMetrics(): PrometheusMetrics {
  return new Sink()
}

class Sink implements PrometheusMetrics {
  readonly #memory = new MemoryMetrics()
  readonly #counters = new Set<string>()
  readonly #names = new Set<string>()
  readonly #recent = new Map<string, number[]>()

  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    const family = name.replace(/_total$/, '')
    this.#counters.add(family)
    this.#names.add(`${family}_total`)
    return this.#memory.counter(name, help, labels)
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Gauge {
    this.#names.add(name)
    return this.#memory.gauge(name, help, labels)
  }

  histogram(name: string, help: string, o: HistogramOptions = {}): Histogram {
    this.#names.add(name)
    const histogram = this.#memory.histogram(name, help, o)
    return {
      observe: (value, labels = {}) => {
        histogram.observe(value, labels)
        this.#remember(seriesKey(name, labels), value)
      },
    }
  }

  expose(accept?: string): Exposition {
    const text = this.#memory.openMetrics()
    const contentType = contentTypeFor(accept)
    if (contentType === OPEN_METRICS) return { contentType, text }
    return { contentType, text: prometheusText(text, this.#counters) }
  }

  recent(name: string, labels: LabelValues = {}): readonly number[] {
    return [...(this.#recent.get(seriesKey(name, labels)) ?? [])]
  }

  names(): readonly string[] {
    return [...this.#names]
  }

  #remember(key: string, value: number): void {
    const values = this.#recent.get(key) ?? []
    this.#recent.set(key, values)
    values.push(value)
    if (values.length > REMEMBERED) values.shift()
  }
}

function seriesKey(name: string, labels: LabelValues): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([name, pairs])
}
