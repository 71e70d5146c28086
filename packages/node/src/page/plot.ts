import { html, type Html } from './html.js'

/** A plot of newest values, oldest on the left. */
export interface PlotInit {
  readonly title: string
  /** Milliseconds. */
  readonly values: readonly number[]
}

const WIDTH = 300
const HEIGHT = 64

/** A latency as `0.31 ms`, `3.1 ms`, `312 ms` or `1.25 s`; a dash when there is none. */
export function formatMs(ms: number | undefined): string {
  if (ms === undefined) return '–'
  if (ms < 1) return `${ms.toFixed(2)} ms`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** The value below which the share `p` of the values lies, by the nearest rank. */
export function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]
}

/** A plot with median, 95th percentile and newest value in words beside it. */
export function plot({ title, values }: PlotInit): Html {
  const [p50, p95] = [percentile(values, 0.5), percentile(values, 0.95)]
  const label = `${title}: median ${formatMs(p50)}, 95th percentile ${formatMs(p95)}`
  return html`<figure>
    <figcaption>${title}<b>${formatMs(values.at(-1))}</b></figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${label}"
    >
      ${shape(values)}
    </svg>
    <div class="legend">
      <span>p50 ${formatMs(p50)}</span><span>p95 ${formatMs(p95)}</span
      ><span>max ${formatMs(percentile(values, 1))}</span>
    </div>
  </figure>`
}

function shape(values: readonly number[]): Html | undefined {
  if (values.length < 2) return undefined
  const highest = Math.max(...values, Number.MIN_VALUE)
  const step = WIDTH / (values.length - 1)
  const points = values.map(
    (value, i) =>
      `${(i * step).toFixed(1)},${(HEIGHT - (value / highest) * (HEIGHT - 4)).toFixed(1)}`,
  )
  return html`<polygon class="area" points="0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}" />
    <polyline class="line" points="${points.join(' ')}" />`
}
