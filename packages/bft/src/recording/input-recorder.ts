import { errorOf } from '@zkstack/concurrency'
import type { Clock } from '@zkstack/concurrency'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'
import { encodeCheckpoint, encodeInputRecord } from './record.js'
import type { RecordingSink } from './recording-sink.js'
import { StateDigest } from './state-digest.js'

/** Hands every input of a state machine to a sink, with checkpoints where the sink wants them. Never throws. */
export class InputRecorder {
  readonly #sink: RecordingSink
  readonly #clock: Clock
  readonly #digest = new StateDigest()
  readonly #onFailure: (error: Error) => void
  #sequence = 0
  #failed = false

  /** @param onFailure told once, when the sink has thrown and nothing more is recorded. */
  constructor(sink: RecordingSink, clock: Clock, onFailure: (error: Error) => void) {
    this.#sink = sink
    this.#clock = clock
    this.#onFailure = onFailure
  }

  /** Records that `step` made `after` of `before` and `input`; `undefined`: that it threw. */
  record(before: ChonkyState, input: Input, after: ChonkyState | undefined): void {
    if (this.#failed) return
    try {
      this.#record(before, input, after)
    } catch (e) {
      this.#failed = true
      this.#onFailure(errorOf(e))
    }
  }

  #record(before: ChonkyState, input: Input, after: ChonkyState | undefined): void {
    const sequence = this.#sequence
    this.#sequence += 1
    if (this.#sink.wants === 'nothing') return
    // A replica of another epoch may have filled the sink before.
    if (sequence === 0 || this.#sink.wants === 'checkpoint') this.#begin(sequence, before)
    const digest = after === undefined ? new Uint8Array() : this.#digest.of(after)
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
