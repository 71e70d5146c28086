import type { MetricsSink } from '@zkstack/concurrency'
import type { MessageLabel } from '@zkstack/roles'

/** 4 kB to 4 MB, doubling. */
const payloadBuckets = Array.from({ length: 11 }, (_, i) => 4000 * 2 ** i)
/** An eighth of a second to about a minute, doubling. */
const latencyBuckets = Array.from({ length: 10 }, (_, i) => 0.125 * 2 ** i)

/** What a replica counts, under the prefix `zkstack_consensus_`. Latencies are in seconds, sizes in bytes. */
export class ReplicaMetrics {
  readonly #metrics
  #viewStart: number | undefined

  constructor(sink: MetricsSink) {
    const named = (name: string): string => `zkstack_consensus_${name}`
    const latency = (name: string, help: string) =>
      sink.histogram(named(name), help, { buckets: latencyBuckets })
    this.#metrics = {
      view: sink.gauge(named('replica_view_number'), 'Current view of the replica.'),
      finalized: sink.gauge(named('finalized_block_number'), 'Highest block known to be final.'),
      payload: sink.histogram(named('proposal_payload_size'), 'Bytes of payloads judged.', {
        buckets: payloadBuckets,
      }),
      proposal: latency('proposal_latency', 'From the start of a view to our commit vote.'),
      commit: latency('commit_latency', 'From the start of a view to a new final block.'),
      viewTime: latency('view_latency', 'From the start of a view to that of the next.'),
      processing: sink.histogram(
        named('message_processing_latency'),
        'Time the state machine and its effects took, by message and outcome.',
        { buckets: latencyBuckets, labels: ['type', 'result'] },
      ),
      timeouts: sink.counter(named('view_timeouts'), 'Views whose time ran out, repeats included.'),
      checks: sink.counter(named('checks'), 'Checks by what became of them.', ['verdict']),
      blamed: sink.counter(named('blamed'), 'Failed checks of a validator.', ['rule']),
      evidence: sink.counter(named('evidence'), 'Validators caught in a contradiction.', [
        'conflict',
      ]),
      invariants: sink.counter(named('invariants_broken'), 'Invariants that did not hold.', [
        'code',
      ]),
    }
  }

  viewEntered(view: bigint, now: number): void {
    if (this.#viewStart !== undefined) this.#observe('viewTime', now)
    this.#viewStart = now
    this.#metrics.view.set(Number(view))
  }

  viewTimedOut(): void {
    this.#metrics.timeouts.inc()
  }

  finalized(number: bigint, now: number): void {
    this.#metrics.finalized.set(Number(number))
    this.#observe('commit', now)
  }

  voted(now: number): void {
    this.#observe('proposal', now)
  }

  payloadJudged(bytes: number): void {
    this.#metrics.payload.observe(bytes)
  }

  messageProcessed(type: MessageLabel, result: string, ms: number): void {
    this.#metrics.processing.observe(ms / 1000, { type, result })
  }

  checkReviewed(verdict: string): void {
    this.#metrics.checks.inc(1, { verdict })
  }

  blamed(rule: string): void {
    this.#metrics.blamed.inc(1, { rule })
  }

  evidence(conflict: string): void {
    this.#metrics.evidence.inc(1, { conflict })
  }

  invariantBroken(code: string): void {
    this.#metrics.invariants.inc(1, { code })
  }

  #observe(name: 'viewTime' | 'commit' | 'proposal', now: number): void {
    if (this.#viewStart !== undefined) this.#metrics[name].observe((now - this.#viewStart) / 1000)
  }
}
