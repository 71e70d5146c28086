import { compareBytes, type SignatureScheme } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import { readLeaderSelection } from './leader-selection.js'
import { Schedule } from './schedule.js'
import type { ValidatorSpec } from './schedule-spec.js'

function readValidator(reader: CanonicalReader, keyBytes: number): ValidatorSpec {
  const key = reader.message(1, (r) => r.bytes(1, keyBytes))
  const weight = reader.uint64(2)
  const leader = reader.bool(3)
  return { key, weight, leader }
}

/** Reads the body of a schedule, whose keys are strictly ascending and valid in the scheme. */
export function readSchedule(reader: CanonicalReader, scheme: SignatureScheme): Schedule {
  const start = reader.offset
  let last: Uint8Array | undefined
  const validators = reader.repeated(1, (r) => {
    const at = r.offset
    const validator = readValidator(r, scheme.publicKeyBytes)
    if (last !== undefined && compareBytes(last, validator.key) > 0) {
      r.fail('UNSORTED', 'keys out of order', at)
    }
    last = validator.key
    return validator
  })
  const leaderSelection = reader.message(2, readLeaderSelection)
  const schedule = Schedule.create({ validators, leaderSelection, scheme })
  if (!schedule.ok) reader.fail(schedule.error.code, 'no such schedule can be', start)
  return schedule.value
}

/**
 * Inverse of `encodeSchedule`.
 * @throws DecodeError, also with the codes of `ScheduleError`.
 */
export function decodeSchedule(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  options?: DecodeOptions,
): Schedule {
  return decodeWith((reader) => readSchedule(reader, scheme), bytes, options)
}
