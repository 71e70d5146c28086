import type { RecordedSegment } from '../src/recording/replay.js'
import type { RecordingSink } from '../src/recording/recording-sink.js'

/** A recording in memory, of a bounded number of segments of a bounded number of records. */
export class MemoryRecording implements RecordingSink {
  /** Set to lose records: the next one taken is a checkpoint. */
  paused = false
  readonly #segments: Uint8Array[][] = []
  readonly #recordsPerSegment: number
  readonly #segmentsKept: number
  #lost = true

  constructor(o: { readonly recordsPerSegment?: number; readonly segmentsKept?: number } = {}) {
    this.#recordsPerSegment = o.recordsPerSegment ?? Infinity
    this.#segmentsKept = o.segmentsKept ?? Infinity
  }

  /** What was recorded, oldest first. */
  get segments(): readonly RecordedSegment[] {
    return this.#segments
  }

  get wants(): RecordingSink['wants'] {
    if (this.paused) {
      this.#lost = true
      return 'nothing'
    }
    return this.#lost ? 'checkpoint' : 'record'
  }

  begin(checkpoint: Uint8Array): void {
    this.#lost = false
    this.#segments.push([checkpoint])
    if (this.#segments.length > this.#segmentsKept) this.#segments.shift()
  }

  append(record: Uint8Array): boolean {
    const segment = this.#segments.at(-1)
    if (segment === undefined || segment.length > this.#recordsPerSegment) return false
    segment.push(record)
    return true
  }
}
