import type { Hash32, PublicKeyHandle, Result, SignatureScheme } from '@zkstack/crypto'
import { compareBytes, err, keccak256, ok } from '@zkstack/crypto'
import { uint64Max } from '../codec/varint.js'
import type { LeaderCandidate, LeaderSelection } from './leader-selection.js'
import { selectLeader } from './leader-selection.js'
import { encodeSchedule } from './encode-schedule.js'
import type { ScheduleError, ScheduleSpec, ValidatorSpec } from './schedule-spec.js'
import { thresholds } from './thresholds.js'

/** A scheduled validator. */
export interface Validator extends ValidatorSpec {
  /** The validated key. */
  readonly handle: PublicKeyHandle
}

/** The validators of an epoch, their weights, and who leads when. Immutable. */
export class Schedule {
  readonly scheme: SignatureScheme
  /** Sorted by key bytes; the position is the validator's index. */
  readonly validators: readonly Validator[]
  readonly leaderSelection: LeaderSelection
  readonly length: number
  readonly totalWeight: bigint
  readonly maxFaultyWeight: bigint
  readonly quorum: bigint
  readonly subquorum: bigint
  /** keccak256 of the canonical bytes. */
  readonly hash: Hash32
  readonly #leaders: readonly LeaderCandidate[]

  private constructor(
    scheme: SignatureScheme,
    validators: readonly Validator[],
    leaderSelection: LeaderSelection,
  ) {
    this.scheme = scheme
    this.validators = validators
    this.leaderSelection = leaderSelection
    this.length = validators.length
    this.totalWeight = validators.reduce((sum, { weight }) => sum + weight, 0n)
    const { maxFaultyWeight, quorum, subquorum } = thresholds(this.totalWeight)
    this.maxFaultyWeight = maxFaultyWeight
    this.quorum = quorum
    this.subquorum = subquorum
    this.hash = keccak256(encodeSchedule({ validators, leaderSelection }))
    this.#leaders = validators.flatMap(({ leader, weight }, index) =>
      leader ? [{ index, weight }] : [],
    )
  }

  /** A schedule of validators given in any order; the first fault found is the error. */
  static create(
    spec: ScheduleSpec & { readonly scheme: SignatureScheme },
  ): Result<Schedule, ScheduleError> {
    const fault = findFault(spec)
    if (fault !== undefined) return err(fault)
    const validators: Validator[] = []
    for (const [index, { key, weight, leader }] of spec.validators.entries()) {
      const own = Uint8Array.from(key)
      const handle = spec.scheme.importPublicKey(own)
      if (handle === undefined) return err({ code: 'BAD_KEY', index })
      validators.push({ key: own, weight, leader, handle })
    }
    validators.sort((a, b) => compareBytes(a.key, b.key))
    return ok(new Schedule(spec.scheme, validators, { ...spec.leaderSelection }))
  }

  /** The validator of an index. */
  at(index: number): Validator | undefined {
    return this.validators[index]
  }

  /** The index of a key. O(log n). */
  indexOf(key: Uint8Array): number | undefined {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      const order = compareBytes((this.validators[middle] as Validator).key, key)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }

  /** The index of the leader of a view. */
  leaderAt(view: bigint): number {
    return selectLeader(view, this.leaderSelection, this.#leaders)
  }

  /** Indices of the validators that may lead, ascending. */
  get leaders(): readonly number[] {
    return this.#leaders.map(({ index }) => index)
  }
}

function findFault(spec: ScheduleSpec): ScheduleError | undefined {
  const { validators, leaderSelection } = spec
  const sorted = validators.map(({ key }, index) => ({ key, index }))
  sorted.sort((a, b) => compareBytes(a.key, b.key) || a.index - b.index)
  const repeated = new Set(
    sorted
      .filter((v, i) => i > 0 && compareBytes((sorted[i - 1] as typeof v).key, v.key) === 0)
      .map(({ index }) => index),
  )
  let total = 0n
  for (const [index, { weight }] of validators.entries()) {
    if (repeated.has(index)) return { code: 'DUPLICATE_KEY', index }
    if (weight <= 0n) return { code: 'ZERO_WEIGHT', index }
    total += weight
    if (total > uint64Max) return { code: 'WEIGHT_OVERFLOW', index }
  }
  if (validators.length === 0) return { code: 'NO_VALIDATORS' }
  if (!validators.some(({ leader }) => leader)) return { code: 'NO_LEADERS' }
  const { frequency } = leaderSelection
  return frequency < 0n || frequency > uint64Max ? { code: 'BAD_FREQUENCY' } : undefined
}
