import { formatElapsed, formatLatency, type DemoSnapshot, type DemoView } from './snapshot.js'

/** How often a line about the whole is printed, in milliseconds. */
const intervalMs = 2000

/** Prints lines, for files and pipes: each event once, and how it goes every two seconds. */
export class PlainView implements DemoView {
  readonly #write: (text: string) => void
  #eventsShown = 0
  #nextAtMs = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  show(snapshot: DemoSnapshot): void {
    for (const event of snapshot.events.slice(this.#eventsShown)) this.#line(event.atMs, event.text)
    this.#eventsShown = snapshot.events.length
    if (snapshot.elapsedMs < this.#nextAtMs) return
    this.#nextAtMs = snapshot.elapsedMs + intervalMs
    this.#line(snapshot.elapsedMs, describe(snapshot))
  }

  close(last: DemoSnapshot, lines: readonly string[]): void {
    for (const event of last.events.slice(this.#eventsShown)) this.#line(event.atMs, event.text)
    this.#write([...lines, ''].join('\n'))
  }

  #line(atMs: number, text: string): void {
    this.#write(`${formatElapsed(atMs).padStart(8)}  ${text}\n`)
  }
}

function describe(s: DemoSnapshot): string {
  if (s.view === undefined) return `${s.validators.length} validators start`
  const heights = s.validators.map(
    (v) => `${v.name}:${v.health === 'dead' ? 'dead' : (v.height ?? '–')}`,
  )
  return [
    `height ${s.height ?? '–'}`,
    `view ${s.view ?? '–'}`,
    `leader ${s.leader ?? '–'}`,
    `${s.transfersFinal}/${s.transfersSent} transfers final`,
    `finality p50 ${formatLatency(s.p50Ms)} p95 ${formatLatency(s.p95Ms)}`,
    heights.join(' '),
  ].join(', ')
}
