import type { MetricsSink } from '@zkstack/concurrency'
import type { EventChange } from './event-sink.js'

/** What an event reader counts. */
export interface EventMetrics {
  applied(change: EventChange): void
}

/** Counts events and rollbacks, and says up to which block was read and is final. */
export function eventMetrics(sink: MetricsSink): EventMetrics {
  const events = sink.counter('zkstack_l1_events', 'Events that were read.')
  const rollbacks = sink.counter(
    'zkstack_l1_rollbacks',
    'Reorgs that took back blocks that were read.',
  )
  const readTo = sink.gauge('zkstack_l1_events_block', 'Last block whose events were read.')
  const finalTo = sink.gauge('zkstack_l1_events_final_block', 'Last block whose events are final.')
  return {
    applied(change) {
      if (change.type === 'events') {
        events.inc(change.events.length)
        readTo.set(Number(change.toBlock))
      } else if (change.type === 'rollback') {
        rollbacks.inc()
        readTo.set(Number(change.fromBlock) - 1)
      } else {
        finalTo.set(Number(change.toBlock))
      }
    },
  }
}
