import { errorOf } from '@zkstack/concurrency'
import { err, ok, type Result, type SignatureScheme } from '@zkstack/crypto'
import {
  formatValidatorPublicKey,
  Schedule,
  verifySchedulePossession,
  type ScheduleError,
} from '@zkstack/roles'
import type { ScheduledCommittee } from '@zkstack/storage'
import { NodeError } from '../errors.js'

/** A committee as the execution layer names it, of the right shape and not yet proven. */
export interface NamedCommittee {
  /** `current` or `pending`, for messages. */
  readonly role: 'current' | 'pending'
  readonly schedule: Schedule
  readonly firstBlock: bigint
  readonly proofsOfPossession: readonly Uint8Array[]
  readonly epoch: bigint | undefined
}

/** What committees are checked by. */
export interface CommitteeRules {
  readonly scheme: SignatureScheme
  /** Validators that the sizes of messages are made for. */
  readonly maxValidators: number
}

/** Reads one committee of an answer: only its shape is looked at. Error: `SCHEDULE_MALFORMED`. */
export function readCommittee(
  value: unknown,
  role: NamedCommittee['role'],
): Result<NamedCommittee, NodeError> {
  if (!isObject(value)) return err(malformed(role, 'is no object'))
  const { schedule, firstBlock, proofsOfPossession, epoch } = value as Partial<ScheduledCommittee>
  if (!isSchedule(schedule)) {
    return err(malformed(role, 'has no schedule that Schedule.create made'))
  }
  if (!isUint64(firstBlock)) return err(malformed(role, 'has no block number as its firstBlock'))
  if (!isListOfBytes(proofsOfPossession)) {
    return err(malformed(role, 'has no list of bytes as its proofsOfPossession'))
  }
  if (epoch !== undefined && !isUint64(epoch)) {
    return err(malformed(role, 'has an epoch that is no number from 0 to 2^64 − 1'))
  }
  return ok({ role, schedule, firstBlock, proofsOfPossession, epoch })
}

/**
 * The schedule of a committee, made anew by our own hand, with every key proven (rule 24). Costs a signature check for each
 * validator where the scheme needs proofs.
 *
 * Errors: `SCHEDULE_MALFORMED` (no such schedule can be), `SCHEDULE_TOO_LARGE`, `SCHEDULE_POSSESSION`.
 */
export function proveCommittee(
  named: NamedCommittee,
  rules: CommitteeRules,
): Result<Pick<NamedCommittee, 'schedule' | 'proofsOfPossession'>, NodeError> {
  const { role, proofsOfPossession } = named
  const made = remake(named.schedule, rules.scheme)
  if (!made.ok) return err(malformed(role, `cannot be a committee: ${describe(made.error)}`))
  const schedule = made.value
  if (schedule.length > rules.maxValidators) {
    return err(
      new NodeError(
        'SCHEDULE_TOO_LARGE',
        `the ${role} committee has ${schedule.length} validators, and messages are made for ${rules.maxValidators}. Raise limits.maxValidators on every node.`,
      ),
    )
  }
  const proofs = schedule.scheme.needsProofOfPossession ? proofsOfPossession : []
  if (proofs.length > schedule.length) {
    const problem = `has ${proofs.length} proofs of possession for ${schedule.length} validators`
    return err(malformed(role, problem))
  }
  const proven = verifySchedulePossession(schedule, proofs)
  if (!proven.ok) {
    const { code, index } = proven.error
    const key = formatValidatorPublicKey(
      schedule.at(index)?.key ?? new Uint8Array(),
      schedule.scheme,
    )
    const what = code === 'MISSING_PROOF' ? 'no proof' : 'a wrong proof'
    return err(
      new NodeError(
        'SCHEDULE_POSSESSION',
        `the ${role} committee has ${what} of possession for ${key}: its owner may have forged the key, and could vote in the name of others. Leave such keys out in validators.scheduleAt, on every node alike.`,
      ),
    )
  }
  return ok({ schedule, proofsOfPossession: proofs.map((proof) => Uint8Array.from(proof)) })
}

function remake(
  { validators, leaderSelection }: Schedule,
  scheme: SignatureScheme,
): Result<Schedule, ScheduleError | Error> {
  try {
    return Schedule.create({ validators, leaderSelection, scheme })
  } catch (e) {
    // Fields of the wrong types.
    return err(errorOf(e))
  }
}

function describe(error: ScheduleError | Error): string {
  if (error instanceof Error) return error.message
  return 'index' in error ? `${error.code} at validator ${error.index}` : error.code
}

function malformed(role: NamedCommittee['role'], problem: string): NodeError {
  return new NodeError(
    'SCHEDULE_MALFORMED',
    `the ${role} committee of validators.scheduleAt ${problem}`,
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isSchedule(value: unknown): value is Schedule {
  if (!isObject(value)) return false
  const { validators, leaderSelection, hash } = value as Partial<Schedule>
  const { frequency, mode } = leaderSelection ?? {}
  return (
    Array.isArray(validators) &&
    hash instanceof Uint8Array &&
    typeof frequency === 'bigint' &&
    (mode === 'roundRobin' || mode === 'weighted')
  )
}

function isUint64(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value >> 64n === 0n
}

function isListOfBytes(value: unknown): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every((entry) => entry instanceof Uint8Array)
}
