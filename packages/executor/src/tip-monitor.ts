import { checkInvariants, createInvariantMonitor, type InvariantViolation } from '@zkstack/bft'
import type { BlockRange } from '@zkstack/storage'

/** Checks blocks as they are stored, for a node that has no replica to do it. */
export class TipMonitor {
  readonly #report: (violation: InvariantViolation) => void
  #monitor = createInvariantMonitor(undefined)

  constructor(report: (violation: InvariantViolation) => void) {
    this.#report = report
  }

  /** Takes what is on disk now. */
  check({ last }: BlockRange): void {
    if (last?.type !== 'final') return
    const { qc } = last
    const header = qc.message.proposal
    const { monitor, violations } = checkInvariants(this.#monitor, { type: 'stored', header, qc })
    this.#monitor = monitor
    for (const violation of violations) this.#report(violation)
  }
}
