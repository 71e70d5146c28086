import type { Logger, MetricsSink } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { formatJobId, jobIdTimeMs, type JobId } from '../job-id.js'
import type { JobResult } from '../job.js'
import type { JobEvent } from '../machine/effect.js'

/** Failures in a row before they are worth a warning. @see agglayer-settlement-service */
const QUIET_FAILURES = 64

/** Seconds from a job's creation to its end. @see agglayer, buckets of certificate durations */
const durationBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900, 1800]

/** Counts and logs what happens to jobs. @see agglayer-telemetry for the names */
export class JobObserver {
  readonly #logger: Logger
  readonly #metrics

  constructor(metrics: MetricsSink, logger: Logger) {
    this.#logger = logger
    const name = (suffix: string) => `agglayer_node_settlement_${suffix}`
    this.#metrics = {
      jobs: metrics.gauge(name('jobs'), 'Settlement jobs that are being driven.'),
      attempts: metrics.counter(name('attempts'), 'Settlement transactions sent.', ['kind']),
      errors: metrics.counter(name('attempt_errors'), 'Settlement transactions refused.', [
        'kind',
        'wallet',
      ]),
      duration: metrics.histogram(name('job_duration_seconds'), 'Age of completed jobs.', {
        buckets: durationBuckets,
        labels: ['outcome', 'wallet'],
      }),
      skipped: metrics.counter(name('recovery_skipped_jobs'), 'Jobs that could not be read.'),
    }
  }

  liveTasks(count: number): void {
    this.#metrics.jobs.set(count)
  }

  /** A stored job cannot be read, and nobody drives it. */
  unreadable(id: JobId, message: string): void {
    this.#metrics.skipped.inc()
    this.#logger.error('a settlement job cannot be read and is passed over', {
      job: formatJobId(id),
      reason: message,
    })
  }

  completed(id: JobId, { call, wallet }: JobResult, utcMs: number): void {
    const outcome = call.outcome === 'success' ? 'success' : 'revert'
    const seconds = Math.max(0, utcMs - jobIdTimeMs(id)) / 1000
    this.#metrics.duration.observe(seconds, { outcome, wallet: `0x${toHex(wallet)}` })
    this.#logger.info('a settlement job is completed', {
      job: formatJobId(id),
      outcome,
      transaction: call.transactionHash,
      block: call.blockNumber,
    })
  }

  happened(id: JobId, event: JobEvent): void {
    const job = formatJobId(id)
    switch (event.type) {
      case 'attempt': {
        const { attempt } = event.record
        this.#metrics.attempts.inc(1, { kind: event.kind })
        this.#logger.info('a settlement transaction is sent', { job, kind: event.kind, ...attempt })
        return
      }
      case 'attemptError': {
        const { kind, message } = event
        this.#metrics.errors.inc(1, { kind, wallet: `0x${toHex(event.wallet)}` })
        this.#logger.warn('a settlement transaction was refused', { job, kind, reason: message })
        return
      }
      case 'retrying': {
        const level = event.failures % QUIET_FAILURES === 0 ? 'warn' : 'debug'
        const { failures, message } = event
        this.#logger[level]('a settlement job tries again', { job, failures, reason: message })
        return
      }
      case 'conflict':
        this.#logger.error('L1 contradicts the stored result of an attempt, which is kept', {
          job,
          attempt: event.attemptNumber,
          stored: event.stored,
          found: event.found,
        })
        return
      case 'reorged':
      case 'nonceTaken': {
        const { type, wallet, nonce } = event
        const message =
          type === 'reorged'
            ? 'a settlement transaction is on L1 no more and is sent again'
            : 'another transaction took the nonce of a settlement job'
        this.#logger.warn(message, { job, wallet, nonce })
      }
    }
  }
}
