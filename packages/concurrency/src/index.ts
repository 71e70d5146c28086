/**
 * Structured concurrency: nothing runs that nobody waits for.
 *
 * @packageDocumentation
 */
export { affineClock } from './affine-clock.js'
export { Channel } from './channel.js'
export { realClock } from './clock.js'
export type { Clock, TimerOptions } from './clock.js'
export { Ctx } from './ctx.js'
export type { ChildOptions, RootOptions } from './ctx.js'
export {
  CanceledError,
  errorOf,
  isCanceled,
  isProgrammingError,
  RetryableError,
  wrapError,
  ZkStackError,
} from './errors.js'
export { lazySignal, onCancel } from './lazy-signal.js'
export { jsonLogger, logLevels, silentLogger } from './logger.js'
export type { LogFields, Logger, LogLevel } from './logger.js'
export { ManualClock } from './manual-clock.js'
export { defaultBuckets, MemoryMetrics } from './memory-metrics.js'
export { silentMetrics } from './metrics.js'
export type {
  Counter,
  Gauge,
  Histogram,
  HistogramOptions,
  LabelValues,
  MetricsSink,
} from './metrics.js'
export { onAbort } from './on-abort.js'
export { PrunableQueue } from './prunable-queue.js'
export type { PrunableQueueOptions, PushOutcome } from './prunable-queue.js'
export { systemRandom } from './random.js'
export type { Random } from './random.js'
export { RateLimiter } from './rate-limiter.js'
export type { RateLimiterOptions } from './rate-limiter.js'
export { scope } from './scope.js'
export type { Scope, Task } from './scope.js'
export { seededRandom } from './seeded-random.js'
export type { SeededRandom } from './seeded-random.js'
export { Semaphore } from './semaphore.js'
export type { WaitOptions } from './wait-queue.js'
export { Waits } from './waits.js'
export { childOf } from './tracer.js'
export type { Span, SpanAttributes, TraceContext, Tracer } from './tracer.js'
export { Watch } from './watch.js'
export { yieldTurn } from './yield-turn.js'
