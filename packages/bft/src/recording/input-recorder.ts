import type { Clock } from '@zkstack/concurrency'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'
import { encodeCheckpoint, encodeInputRecord } from './record.js'
import type { RecordingSink } from './recording-sink.js'
import { StateDigest } from './state-digest.js'

/** Hands every input of a state machine to a sink, with checkpoints where the sink wants them. */
export class InputRecorder {
  readonly #sink: RecordingSink
  readonly #clock: Clock
  readonly #digest = new StateDigest()
  #sequence = 0

  constructor(sink: RecordingSink, clock: Clock) {
    this.#sink = sink
    this.#clock = clock
  }

  /** Records that `step` made `after` of `before` and `input`. */
  record(before: ChonkyState, input: Input, after: ChonkyState): void {
    const sequence = this.#sequence
    this.#sequence += 1
    if (this.#sink.wants === 'nothing') return
    if (this.#sink.wants === 'checkpoint') this.#begin(sequence, before)
    const digest = this.#digest.of(after)
    const record = encodeInputRecord({ type: 'input', sequence, input, digest })
    if (this.#sink.append(record)) return
    this.#begin(sequence, before)
    this.#sink.append(record)
  }

  #begin(sequence: number, state: ChonkyState): void {
    const atUtcMs = this.#clock.nowUtc()
    const now = this.#clock.now()
    this.#sink.begin(encodeCheckpoint({ type: 'checkpoint', sequence, atUtcMs, now, state }))
  }
}
