import type { MetricsSink } from '@zkstack/concurrency'
import type { HeadsStatus } from '@zkstack/l1'
import type { ClockEvent } from '@zkstack/settlement'

/** What a clock hears of L1 by. */
export interface ClockSources {
  /** Whether epochs are counted by blocks of L1, which is then asked for its newest one. */
  readonly isAsking: boolean
  /** Whether a subscription says when there is one. */
  readonly isSubscribed: boolean
}

const health = { good: 1, starting: 0.5, degraded: 0.25, bad: 0 } as const

/**
 * Counts how the clock of a settlement node hears of L1, under upstream's names. A connection is the subscription to new heads;
 * without one, it is the questions for the newest block.
 *
 * @see agglayer crates/agglayer-telemetry/src/clock.rs
 */
export class ClockMetrics {
  readonly #sources: ClockSources
  readonly #metrics
  #isAnswered: boolean | undefined
  #isSubscribed = false

  constructor(sink: MetricsSink, sources: ClockSources) {
    this.#sources = sources
    this.#metrics = {
      connection:
        sources.isAsking || sources.isSubscribed
          ? sink.gauge('agglayer_clock_connection_status', '1 while the clock hears of L1.')
          : undefined,
      health: sink.gauge('agglayer_clock_health_status', 'How well the clock hears of L1, 0 to 1.'),
      reconnections: sink.counter(
        'agglayer_clock_reconnection_attempts',
        'Attempts to hear of L1 again.',
      ),
      errors: sink.counter('agglayer_clock_connection_errors', 'How often L1 was not heard of.'),
      lag: sink.counter(
        'agglayer_clock_blocks_subscription_lag',
        'Blocks that the clock heard of only by a later one.',
      ),
    }
    this.#set()
  }

  /** The clock asked L1. */
  asked(event: ClockEvent): void {
    const { lag, errors, reconnections } = this.#metrics
    if (event.type === 'askedAgain') {
      reconnections.inc()
      return
    }
    this.#isAnswered = event.type === 'head'
    if (event.type === 'head') lag.inc(Number(event.late))
    else errors.inc()
    this.#set()
  }

  /** Something became of the subscription. */
  subscription(status: HeadsStatus): void {
    const { errors, reconnections } = this.#metrics
    if (status === 'connecting') reconnections.inc()
    if (status === 'lost') errors.inc()
    this.#isSubscribed = status === 'connected'
    this.#set()
  }

  #set(): void {
    const { isSubscribed } = this.#sources
    const { connection, health: gauge } = this.#metrics
    const isConnected = isSubscribed ? this.#isSubscribed : this.#isAnswered === true
    connection?.set(isConnected ? 1 : 0)
    gauge.set(health[this.#health()])
  }

  #health(): keyof typeof health {
    const { isAsking, isSubscribed } = this.#sources
    if (!isAsking) return 'good'
    if (this.#isAnswered === undefined) return 'starting'
    if (!this.#isAnswered) return 'bad'
    return isSubscribed && !this.#isSubscribed ? 'degraded' : 'good'
  }
}
