import { errorOf } from '@zkstack/concurrency'
import { bytesEqual, DecodeError } from '@zkstack/crypto'
import type { Effect } from '../chonky/effect.js'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'
import { step } from '../chonky/step.js'
import type { CheckpointRecord, DecodeRecordOptions } from './record.js'
import { decodeRecord } from './record.js'
import { StateDigest } from './state-digest.js'

/** A checkpoint, and the records that go on from it. */
export type RecordedSegment = readonly Uint8Array[]

/** One input played again. */
export interface ReplayStep {
  readonly type: 'step'
  readonly sequence: number
  readonly input: Input
  readonly before: ChonkyState
  readonly after: ChonkyState
  readonly effects: readonly Effect[]
  /** What the state machine threw, a bug; `after` is then `before`. */
  readonly error: Error | undefined
  /** Whether the state is the one of the recording; if not, this is another version of the state machine. */
  readonly same: boolean
}

/** A state taken from the recording: at its beginning, after a restart, and where inputs are missing. */
export interface ReplayStart extends Omit<CheckpointRecord, 'type'> {
  readonly type: 'start'
  /** Inputs lost since the last step; 0 at the beginning, and after a restart. */
  readonly missing: number
}

/**
 * Plays a recording again, segment by segment, through the state machine alone: signatures, disk and execution layer are in the
 * inputs. Lazy: reads no further than it is asked to.
 *
 * @throws DecodeError for records that are none.
 */
export function* replay(
  segments: Iterable<RecordedSegment>,
  o: DecodeRecordOptions = {},
): Generator<ReplayStart | ReplayStep, void, undefined> {
  const digest = new StateDigest()
  let next: number | undefined
  let state: ChonkyState | undefined
  for (const bytes of concatenate(segments)) {
    const record = decodeRecord(bytes, o)
    if (record.type === 'checkpoint') {
      const goesOn =
        state !== undefined && record.sequence === next && isSame(digest, record, state)
      if (goesOn) continue
      const missing = next === undefined ? 0 : Math.max(0, record.sequence - next)
      state = record.state
      next = record.sequence
      yield { ...record, type: 'start', missing }
      continue
    }
    if (state === undefined || record.sequence !== next) {
      throw new DecodeError('BAD_RECORD', `input ${record.sequence} comes without a state`)
    }
    const { input, sequence } = record
    const { after, effects, error } = attempt(state, input)
    const reached = error === undefined ? digest.of(after) : new Uint8Array()
    const same = bytesEqual(reached, record.digest)
    yield { type: 'step', sequence, input, before: state, after, effects, error, same }
    state = after
    next += 1
  }
}

function attempt(
  state: ChonkyState,
  input: Input,
): Pick<ReplayStep, 'after' | 'effects' | 'error'> {
  try {
    const { state: after, effects } = step(state, input)
    return { after, effects, error: undefined }
  } catch (e) {
    return { after: state, effects: [], error: errorOf(e) }
  }
}

function* concatenate(segments: Iterable<RecordedSegment>): Generator<Uint8Array> {
  for (const segment of segments) yield* segment
}

function isSame(digest: StateDigest, { state }: CheckpointRecord, other: ChonkyState): boolean {
  return bytesEqual(digest.of(state), digest.of(other))
}
