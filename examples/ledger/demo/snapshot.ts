/** How one validator is shown. */
export interface ValidatorRow {
  readonly name: string
  /** A node's phase, or `starting`, `killed`, `restarting`, `catching up`. */
  readonly state: string
  readonly health: 'good' | 'busy' | 'dead'
  readonly height: bigint | undefined
  readonly view: bigint | undefined
  readonly peers: number | undefined
  readonly pool: number | undefined
  readonly leads: boolean
}

/** Something that happened. */
export interface DemoEvent {
  readonly atMs: number
  readonly text: string
}

/** Everything that a view shows at one moment. */
export interface DemoSnapshot {
  readonly title: string
  readonly elapsedMs: number
  /** What the demo is doing, in a few words. */
  readonly step: string
  readonly height: bigint | undefined
  readonly view: bigint | undefined
  readonly leader: string | undefined
  /** Blocks made, and to be made. */
  readonly blocks: number
  readonly targetBlocks: number
  readonly blocksPerSecond: number
  readonly transfersFinal: number
  readonly transfersSent: number
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly validators: readonly ValidatorRow[]
  /** Newest last. */
  readonly events: readonly DemoEvent[]
}

/** Something that shows the demo to a person. */
export interface DemoView {
  /** Shows the present; called often. */
  show(snapshot: DemoSnapshot): void
  /** Ends the display, with lines that say how it went. */
  close(last: DemoSnapshot, lines: readonly string[]): void
}

/** A duration as `12.3 s` or `1 min 02 s`. */
export function formatElapsed(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${String(Math.floor(ms / 1000) % 60).padStart(2, '0')} s`
}

/** A latency as `312 ms` or `1.25 s`; a dash when there is none. */
export function formatLatency(ms: number | undefined): string {
  if (ms === undefined) return '–'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}
