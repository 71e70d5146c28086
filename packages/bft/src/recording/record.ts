import { DecodeError, hash32, signatureScheme } from '@zkstack/crypto'
import type { SignatureScheme } from '@zkstack/crypto'
import { decodeSchedule, encodeSchedule } from '@zkstack/roles'
import type { ReplicaConfig } from '../chonky/config.js'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'
import { decodeValue } from './decode-value.js'
import { encodeValue } from './encode-value.js'

/** The layout of records and of the states in them; raised whenever either changes. */
export const recordingFormat = 2

/** Where a segment begins: a whole state, with everything that it is judged by. */
export interface CheckpointRecord {
  readonly type: 'checkpoint'
  /** Inputs recorded before it since the replica began. */
  readonly sequence: number
  /** Wall-clock time, milliseconds since 1970, and the monotonic time of the inputs at that moment. */
  readonly atUtcMs: number
  readonly now: number
  readonly state: ChonkyState
}

/** One input, and the digest of the state that it led to. */
export interface InputRecord {
  readonly type: 'input'
  readonly sequence: number
  readonly input: Input
  /** 16 bytes, none when the state machine threw. @see StateDigest */
  readonly digest: Uint8Array
}

/** Bytes of a checkpoint. */
export function encodeCheckpoint(record: CheckpointRecord): Uint8Array {
  const { config, ...state } = record.state
  const { scope, ...limits } = config
  const { genesis, epoch, schedule, firstBlock } = scope
  return encodeValue({
    ...record,
    format: recordingFormat,
    state,
    config: limits,
    scope: {
      genesis,
      epoch,
      firstBlock,
      scheme: schedule.scheme.id,
      schedule: encodeSchedule(schedule),
    },
  })
}

/** Bytes of an input. */
export function encodeInputRecord(record: InputRecord): Uint8Array {
  return encodeValue(record)
}

/** Options of {@link decodeRecord}. */
export interface DecodeRecordOptions {
  /** The scheme of the chain, for one that is not in the registry. */
  readonly scheme?: SignatureScheme | undefined
}

/**
 * Reads a record. Its shape is checked as far as its kind and format; what lies deeper is taken as written, since a
 * recording is a file of one's own, guarded by checksums.
 * @throws DecodeError, with code `FORMAT` for a recording of another version.
 */
export function decodeRecord(
  bytes: Uint8Array,
  o: DecodeRecordOptions = {},
): CheckpointRecord | InputRecord {
  const record = decodeValue(bytes)
  if (!isObject(record)) return refuse('a record is no object')
  if (record['type'] === 'checkpoint') return readCheckpoint(record, o)
  const { sequence, input, digest } = record
  const complete = typeof sequence === 'number' && isObject(input) && digest instanceof Uint8Array
  if (record['type'] !== 'input' || !complete) return refuse('an unknown kind of record')
  return { type: 'input', sequence, input: input as unknown as Input, digest }
}

function readCheckpoint(record: Fields, o: DecodeRecordOptions): CheckpointRecord {
  if (record['format'] !== recordingFormat) {
    throw new DecodeError('FORMAT', `format ${String(record['format'])}, not ${recordingFormat}`)
  }
  const { sequence, atUtcMs, now, state, config, scope } = record
  if (!isObject(state) || !isObject(config) || !isObject(scope)) return refuse('no checkpoint')
  const numbers = [sequence, atUtcMs, now]
  if (numbers.some((value) => typeof value !== 'number')) return refuse('no checkpoint')
  const { genesis, epoch, firstBlock, scheme: id, schedule: bytes } = scope
  const scheme = o.scheme ?? signatureScheme(Number(id))
  if (scheme === undefined) return refuse(`unknown signature scheme ${String(id)}`)
  if (!(genesis instanceof Uint8Array) || genesis.length !== 32) return refuse('no genesis hash')
  if (!(bytes instanceof Uint8Array)) return refuse('no schedule')
  if (typeof epoch !== 'bigint' || typeof firstBlock !== 'bigint') return refuse('no scope')
  const schedule = decodeSchedule(bytes, scheme)
  const whole = {
    ...config,
    scope: { genesis: hash32(genesis), epoch, firstBlock, schedule },
  } as unknown as ReplicaConfig
  return {
    type: 'checkpoint',
    sequence: Number(sequence),
    atUtcMs: Number(atUtcMs),
    now: Number(now),
    state: { ...(state as unknown as Omit<ChonkyState, 'config'>), config: whole },
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(problem: string): never {
  throw new DecodeError('BAD_RECORD', problem)
}
