import type { Clock, Logger, ZkStackError } from '@zkstack/concurrency'
import type { NodeEvents } from './consensus-node.js'
import { NodeError } from './errors.js'
import { EventHub } from './event-hub.js'
import type { NodeMetrics } from './node-metrics.js'

/** A warning as it was reported. */
export interface ReportedWarning {
  readonly atUtcMs: number
  readonly code: string
  readonly message: string
}

/** Warnings that are remembered for `inspect`. */
const REMEMBERED_WARNINGS = 20

/** Where everything that the user should know passes: events, log, metrics, and the memory of the newest warnings. */
export class Reporter {
  readonly events: EventHub<NodeEvents>
  readonly #logger: Logger
  readonly #metrics: NodeMetrics
  readonly #clock: Clock
  readonly #warnings: ReportedWarning[] = []

  constructor(o: {
    readonly logger: Logger
    readonly metrics: NodeMetrics
    readonly clock: Clock
  }) {
    this.#logger = o.logger
    this.#metrics = o.metrics
    this.#clock = o.clock
    this.events = new EventHub((event, cause) => {
      this.#onListenerError(event, cause)
    })
  }

  /** The newest warnings, oldest first. */
  get warnings(): readonly ReportedWarning[] {
    return [...this.#warnings]
  }

  /** Something is wrong, and the node goes on. */
  warn(error: ZkStackError): void {
    this.#record(error)
    this.events.emit('warning', error)
  }

  #record(error: ZkStackError): void {
    this.#metrics.warning(error.code)
    this.#logger.warn(error.message, { code: error.code })
    this.#warnings.push({ atUtcMs: this.#clock.nowUtc(), code: error.code, message: error.message })
    if (this.#warnings.length > REMEMBERED_WARNINGS) this.#warnings.shift()
  }

  #onListenerError(event: string, cause: Error): void {
    const error = new NodeError(
      'LISTENER_FAILED',
      `a listener of '${event}' threw: ${cause.message}. Catch errors inside the listener.`,
      { cause },
    )
    // A failing listener of warnings would be told about itself for ever.
    if (event === 'warning') this.#record(error)
    else this.warn(error)
  }
}
