import { replicaStateOf } from '../src/chonky/state.js'
import { step } from '../src/chonky/step.js'
import type { InvariantViolation } from '../src/monitor/invariant.js'
import { checkInvariants, createInvariantMonitor } from '../src/monitor/invariant-monitor.js'
import type { InvariantMonitor, Observation } from '../src/monitor/invariant-monitor.js'
import type { Committee } from './committee.js'

/** Options of {@link monitoredStep}. */
export interface MonitoredStepOptions {
  readonly committee: Committee
  /** Which validator it is. */
  readonly index: number
  /** The step to watch; default: the real one. */
  readonly step?: typeof step
  onViolation(violation: InvariantViolation): void
}

/**
 * A step under the invariant monitor of production, for one life of a replica whose driver carries effects out at once:
 * every write is taken as done, and every broadcast as sent, in their order.
 */
export function monitoredStep(o: MonitoredStepOptions): typeof step {
  const key = o.committee.key(o.index)
  let monitor: InvariantMonitor | undefined
  return (before, input) => {
    const transition = (o.step ?? step)(before, input)
    monitor ??= createInvariantMonitor(before.view === 0n ? undefined : replicaStateOf(before))
    const observe = (observation: Observation): void => {
      const report = checkInvariants(monitor ?? createInvariantMonitor(undefined), observation)
      monitor = report.monitor
      for (const violation of report.violations) o.onViolation(violation)
    }
    observe({ type: 'step', before, input, after: transition.state })
    for (const effect of transition.effects) {
      if (effect.type === 'persist') observe({ type: 'persisted', state: effect.state })
      if (effect.type === 'broadcast') {
        const message = { msg: effect.message, key, sig: new Uint8Array() }
        observe({ type: 'sending', message })
      }
      if (effect.type === 'saveBlock') {
        const { number, payloadHash: payload, justification: qc } = effect.block
        observe({ type: 'stored', header: { number, payload }, qc })
      }
    }
    return transition
  }
}
