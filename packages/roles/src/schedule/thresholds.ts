/** The weights that decide: integer division of the total weight. */
export interface Thresholds {
  /** Weight that may be faulty: `⌊(W − 1) / 5⌋`. */
  readonly maxFaultyWeight: bigint
  /** Weight of a QC: `W − f`. */
  readonly quorum: bigint
  /** Weight with which a timed-out vote must be proposed again: `W − 3f`. */
  readonly subquorum: bigint
}

/**
 * The thresholds of a total weight of at least 1.
 * @see docs/spec/messages.md S1
 */
export function thresholds(totalWeight: bigint): Thresholds {
  const maxFaultyWeight = (totalWeight - 1n) / 5n
  return {
    maxFaultyWeight,
    quorum: totalWeight - maxFaultyWeight,
    subquorum: totalWeight - 3n * maxFaultyWeight,
  }
}
