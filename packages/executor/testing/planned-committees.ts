import type { ScheduleAnswer, ScheduledCommittee, ValidatorSource } from '@zkstack/storage'

/** Committees of a chain, one after another, known from the start: for tests. Depends on the block number alone. */
export class PlannedCommittees implements ValidatorSource {
  readonly #committees: readonly ScheduledCommittee[]
  readonly #aheadBy: bigint

  /**
   * @param committees by ascending first block, that of the first being the genesis' first block.
   * @param aheadBy how many blocks before its first one a committee is announced; at least 1.
   */
  constructor(committees: readonly ScheduledCommittee[], aheadBy: bigint) {
    if (committees.length === 0 || aheadBy < 1n)
      throw new RangeError('committees: none, or too late')
    this.#committees = committees
    this.#aheadBy = aheadBy
  }

  scheduleAt(n: bigint): Promise<ScheduleAnswer> {
    const index = this.#committees.findLastIndex(({ firstBlock }) => firstBlock <= n)
    const current = this.#committees[index]
    if (current === undefined) return Promise.reject(new RangeError(`block ${n}: before the first`))
    const next = this.#committees[index + 1]
    const isAnnounced = next !== undefined && n >= next.firstBlock - this.#aheadBy
    return Promise.resolve({ current, pending: isAnnounced ? next : undefined })
  }
}
