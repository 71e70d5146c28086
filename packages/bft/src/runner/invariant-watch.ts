import type { ReplicaState } from '@zkstack/roles'
import type { InvariantViolation } from '../monitor/invariant.js'
import { checkInvariants, createInvariantMonitor } from '../monitor/invariant-monitor.js'
import type { Observation } from '../monitor/invariant-monitor.js'
import { ReplicaError } from './errors.js'

/** Keeps the invariant monitor of a replica, reports what it finds, and remembers that the replica must stop. */
export class InvariantWatch {
  readonly #report: (violation: InvariantViolation) => void
  #monitor = createInvariantMonitor(undefined)
  #broken: InvariantViolation | undefined

  constructor(report: (violation: InvariantViolation) => void) {
    this.#report = report
  }

  /** Begins anew with what the replica found on disk. */
  begin(persisted: ReplicaState | undefined): void {
    this.#monitor = createInvariantMonitor(persisted)
  }

  /** Takes an observation; false when it breaks an invariant. */
  observe(observation: Observation): boolean {
    const { monitor, violations } = checkInvariants(this.#monitor, observation)
    this.#monitor = monitor
    for (const violation of violations) {
      this.#broken ??= violation
      this.#report(violation)
    }
    return violations.length === 0
  }

  /** @throws ReplicaError `INVARIANT_BROKEN` once an observation has broken an invariant. */
  throwIfBroken(): void {
    if (this.#broken === undefined) return
    const { code, message } = this.#broken
    throw new ReplicaError('INVARIANT_BROKEN', `${code}: ${message}`)
  }
}
