import type { MetricsSink } from '@zkstack/concurrency'
import type { GuardOutcome } from './execution-guard.js'

/** Upper bounds of the finality histogram in seconds: local networks to slow ones. */
const FINALITY_BUCKETS = [
  0.005, 0.01, 0.02, 0.04, 0.08, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64,
] as const

/** What a node counts, each under its own sink; several nodes of one process do not share any. */
export class NodeMetrics {
  readonly #head
  readonly #committed
  readonly #peers
  readonly #epoch
  readonly #finality
  readonly #commits
  readonly #commitTime
  readonly #calls
  readonly #callTime
  readonly #warnings
  readonly #transactions

  constructor(sink: MetricsSink) {
    this.#head = sink.gauge('zkstack_block_height', 'Number of the last block on disk.')
    this.#committed = sink.gauge(
      'zkstack_committed_height',
      'Number of the last block that the execution layer committed.',
    )
    this.#peers = sink.gauge('zkstack_peers', 'Connected peers.')
    this.#epoch = sink.gauge('zkstack_epoch', 'Number of the epoch that rules.')
    this.#finality = sink.histogram(
      'zkstack_finality_seconds',
      'Time from entering the view of a block to its finality, as seen by this replica.',
      { buckets: FINALITY_BUCKETS },
    )
    this.#commits = sink.counter(
      'zkstack_commits_total',
      'Blocks given to the execution layer and committed.',
    )
    this.#commitTime = sink.histogram(
      'zkstack_commit_seconds',
      'Time that the execution layer took to commit a block.',
    )
    this.#calls = sink.counter(
      'zkstack_execution_calls_total',
      'Calls of propose and verify by outcome.',
      ['method', 'outcome'],
    )
    this.#callTime = sink.histogram(
      'zkstack_execution_call_seconds',
      'Time that propose and verify took.',
      { labels: ['method'] },
    )
    this.#warnings = sink.counter('zkstack_warnings_total', 'Warnings by code.', ['code'])
    this.#transactions = sink.counter(
      'zkstack_transactions_total',
      'Transactions offered to the mempool.',
      ['origin', 'verdict'],
    )
  }

  head(next: bigint): void {
    this.#head.set(Number(next - 1n))
  }

  committed(number: bigint, tookMs: number): void {
    this.#committed.set(Number(number))
    this.#commits.inc()
    this.#commitTime.observe(tookMs / 1000)
  }

  peers(count: number): void {
    this.#peers.set(count)
  }

  epoch(number: bigint): void {
    this.#epoch.set(Number(number))
  }

  finality(ms: number): void {
    this.#finality.observe(ms / 1000)
  }

  executionCall(method: 'propose' | 'verify', outcome: GuardOutcome, tookMs: number): void {
    this.#calls.inc(1, { method, outcome })
    this.#callTime.observe(tookMs / 1000, { method })
  }

  warning(code: string): void {
    this.#warnings.inc(1, { code })
  }

  transaction(origin: 'local' | 'peer', verdict: string): void {
    this.#transactions.inc(1, { origin, verdict })
  }
}
