import {
  scope,
  silentLogger,
  silentMetrics,
  type Ctx,
  type Logger,
  type MetricsSink,
} from '@zkstack/concurrency'
import type { L1Client } from '../client/l1-client.js'
import type { LogFilter } from '../client/l1-types.js'
import type { FinalityPolicy } from '../finality-policy.js'
import { answerEffect } from './answer-effect.js'
import {
  decodeEventCursor,
  encodeEventCursor,
  initialCursor,
  type CursorError,
  type CursorScope,
  type EventCursor,
} from './event-cursor.js'
import {
  initialEventState,
  stepEvents,
  type EventEffect,
  type EventInput,
  type EventMachineOptions,
  type ReorgError,
} from './event-machine.js'
import { eventMetrics, type EventMetrics } from './event-metrics.js'
import type { EventSink } from './event-sink.js'
import { HeadSigns } from './head-signs.js'
import type { HeadSource } from './new-heads.js'

/** What ends an event reader for good; nothing that time or another endpoint would mend. */
export type EventReaderError = CursorError | ReorgError

/** Options of {@link runEventReader}. */
export interface EventReaderOptions {
  readonly client: L1Client
  readonly filter: LogFilter
  /** The first block to read: that of the contract's creation. */
  readonly startBlock: bigint
  readonly sink: EventSink
  /** How final a block must be to be read; default: every block, the latest included, with rollbacks. */
  readonly policy?: FinalityPolicy
  /** Milliseconds between looks at the chain; default 4 000. */
  readonly pollMs?: number
  /** The longest pause while nobody answers; default 60 000. */
  readonly maxPauseMs?: number
  /** Most blocks of one question; halved where a node refuses. Default 10 000. */
  readonly maxRangeBlocks?: number
  /** Blocks that are remembered above the final ones, hence the deepest reorg that is followed; default 512. */
  readonly window?: number
  /** Wakes the reader up before its time, such as `newHeads`. */
  readonly heads?: HeadSource
  readonly logger?: Logger
  readonly metrics?: MetricsSink
}

/** How many blocks are asked for by hash at a time. */
const maxHeaderBlocks = 64

/** Milliseconds to wait when nobody has answered, at first. */
const firstPauseMs = 500

/** How many looks at the chain in a row must show that finality is broken. */
const maxDoubts = 3

/**
 * Reads the events of a filter in order, and hands them to the sink: each once, taken back where the chain takes its blocks back,
 * and on from the sink's cursor after a restart. While nobody answers it waits.
 *
 * @returns why it cannot go on.
 * @throws CanceledError when the context is canceled; what the sink throws.
 */
export function runEventReader(ctx: Ctx, o: EventReaderOptions): Promise<EventReaderError> {
  return scope(ctx, async (inner, s) => {
    const signs = new HeadSigns()
    const { heads } = o
    if (heads !== undefined)
      s.spawnBackground((own) =>
        heads.run(own, () => {
          signs.tell()
        }),
      )
    return new EventReader(o, signs).run(inner)
  })
}

class EventReader {
  readonly #o: EventReaderOptions
  readonly #signs: HeadSigns
  readonly #scope: CursorScope
  readonly #machine: EventMachineOptions
  readonly #logger: Logger
  readonly #metrics: EventMetrics
  /** Since something was read, or there was nothing to read: that L1 tells its head is not enough. */
  #failures = 0
  #signsSeen = 0

  constructor(o: EventReaderOptions, signs: HeadSigns) {
    if (o.pollMs !== undefined && !(o.pollMs > 0))
      throw new RangeError(`pollMs: expected a positive number, got ${o.pollMs}`)
    this.#o = o
    this.#signs = signs
    this.#scope = { chainId: o.client.chainId, filter: o.filter, start: o.startBlock }
    this.#machine = {
      policy: o.policy ?? { tag: 'latest', confirmations: 1 },
      maxRangeBlocks: positive(o.maxRangeBlocks ?? 10_000, 'maxRangeBlocks'),
      window: positive(o.window ?? 512, 'window'),
      maxHeaderBlocks,
      maxDoubts,
    }
    this.#logger = o.logger ?? silentLogger
    this.#metrics = eventMetrics(o.metrics ?? silentMetrics)
  }

  async run(ctx: Ctx): Promise<EventReaderError> {
    const stored = await this.#o.sink.cursor(ctx)
    const cursor =
      stored === undefined
        ? { ok: true as const, value: initialCursor(this.#o.startBlock) }
        : decodeEventCursor(stored, this.#scope)
    if (!cursor.ok) return cursor.error
    return this.#follow(ctx, cursor.value)
  }

  async #follow(ctx: Ctx, cursor: EventCursor): Promise<ReorgError> {
    let state = initialEventState(cursor, this.#machine)
    let input: EventInput = { type: 'poll' }
    for (;;) {
      const { state: next, effect } = stepEvents(state, input, this.#machine)
      state = next
      if (effect.type === 'fatal') {
        this.#logger.error('events cannot be read on', { ...effect.error })
        return effect.error
      }
      input = await this.#carryOut(ctx, effect, input)
    }
  }

  async #carryOut(
    ctx: Ctx,
    effect: Exclude<EventEffect, { type: 'fatal' }>,
    before: EventInput,
  ): Promise<EventInput> {
    if (effect.type === 'wait') return this.#wait(ctx, before.type === 'failed')
    if (effect.type === 'apply') return this.#apply(ctx, effect)
    const answer = await answerEffect(ctx, effect, this.#o, this.#machine.policy.tag)
    if (answer.ok) return answer.value
    this.#failures += 1
    this.#logger.warn('L1 does not answer', { effect: effect.type, reason: answer.error.message })
    return { type: 'failed' }
  }

  async #apply(ctx: Ctx, effect: Extract<EventEffect, { type: 'apply' }>): Promise<EventInput> {
    const { change, cursor } = effect
    await this.#o.sink.apply(change, encodeEventCursor(cursor, this.#scope), ctx)
    this.#failures = 0
    this.#metrics.applied(change)
    if (change.type === 'rollback')
      this.#logger.warn('the chain took blocks back', { fromBlock: change.fromBlock })
    return { type: 'applied' }
  }

  /** Until the next look; a sign of a new block ends it early, but not while nobody answers. */
  async #wait(ctx: Ctx, failed: boolean): Promise<EventInput> {
    const { pollMs = 4_000, maxPauseMs = 60_000 } = this.#o
    if (failed) {
      const grown = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(this.#failures - 1, 30))
      await ctx.sleep(grown * (0.5 + ctx.random.float() / 2))
    } else {
      this.#failures = 0
      await this.#signs.next(ctx, this.#signsSeen, pollMs)
    }
    this.#signsSeen = this.#signs.count
    return { type: 'poll' }
  }
}

function positive(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`${name}: expected a positive integer, got ${value}`)
}
