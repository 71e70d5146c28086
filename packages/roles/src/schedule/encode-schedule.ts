import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import { writeBytes } from '../codec/bytes-message.js'
import { writeLeaderSelection } from './leader-selection.js'
import type { ScheduleSpec, ValidatorSpec } from './schedule-spec.js'

function writeValidator(writer: CanonicalWriter, validator: ValidatorSpec): void {
  writer.bool(3, validator.leader)
  writer.uint64(2, validator.weight)
  writer.message(1, writeBytes, validator.key)
}

/** Writes the body of a schedule: validators 1 in order of their keys, leader selection 2. */
export function writeSchedule(writer: CanonicalWriter, schedule: ScheduleSpec): void {
  writer.message(2, writeLeaderSelection, schedule.leaderSelection)
  writer.repeated(1, writeValidator, schedule.validators)
}

/** Canonical bytes of a schedule; its hash is their keccak256. */
export function encodeSchedule(schedule: ScheduleSpec): Uint8Array {
  return encodeWith(writeSchedule, schedule)
}
