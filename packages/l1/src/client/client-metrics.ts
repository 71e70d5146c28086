import type { MetricsSink } from '@zkstack/concurrency'
import type { Result } from '@zkstack/crypto'
import type { L1Error } from '../l1-error.js'

/** What a client counts. */
export interface ClientMetrics {
  answered(method: string, endpoint: string, answer: Result<unknown, L1Error>, tookMs: number): void
}

/** Counts requests by method, endpoint (scheme, host and port) and outcome, and their time in seconds. */
export function clientMetrics(sink: MetricsSink): ClientMetrics {
  const requests = sink.counter('zkstack_l1_requests', 'Requests to L1 by what became of them.', [
    'method',
    'endpoint',
    'outcome',
  ])
  const seconds = sink.histogram('zkstack_l1_request_seconds', 'Time until L1 answered.', {
    labels: ['method'],
  })
  return {
    answered(method, endpoint, answer, tookMs) {
      const outcome = answer.ok ? 'ok' : answer.error.code.toLowerCase()
      requests.inc(1, { method, endpoint, outcome })
      seconds.observe(tookMs / 1000, { method })
    },
  }
}
