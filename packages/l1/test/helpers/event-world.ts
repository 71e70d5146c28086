import type { SeededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import {
  blockOfView,
  logsOfView,
  MemoryEventSink,
  SimulatedChain,
  simulatedEmitter,
  type ChainView,
} from '@zkstack/l1/testing'
import {
  decodeEventCursor,
  encodeEventCursor,
  initialCursor,
  type EventCursor,
} from '../../src/events/event-cursor.js'
import {
  initialEventState,
  stepEvents,
  type EventEffect,
  type EventInput,
  type EventMachineOptions,
  type ReorgError,
} from '../../src/events/event-machine.js'
import type { EventSink } from '../../src/index.js'

const filter = { addresses: [simulatedEmitter] }
const call = { signal: new AbortController().signal }

/** What a world does with a reader. */
export interface WorldOptions {
  readonly random: SeededRandom
  readonly machine: EventMachineOptions
  readonly start: bigint
  /** Whether the reader dies at times, and goes on from its stored cursor. */
  readonly crashes?: boolean
  /** Whether answers may be old ones. */
  readonly lags?: boolean
  /** Whether blocks below the finalized one may be replaced. */
  readonly breaksFinality?: boolean
  /** What stands between the reader and the sink. */
  readonly between?: (sink: MemoryEventSink) => EventSink
}

/** A chain that changes at every moment while a reader follows it, question by question. */
export class EventWorld {
  readonly chain = new SimulatedChain()
  readonly sink = new MemoryEventSink()
  readonly #o: WorldOptions
  readonly #between: EventSink
  #views: ChainView[] = []
  #tooLarge = Infinity

  constructor(o: WorldOptions) {
    this.#o = o
    this.#between = o.between?.(this.sink) ?? this.sink
    this.chain.mine(2)
  }

  /** Runs so many effects while the chain changes, then until nothing is left to read; the error, if the reader ended. */
  async run(effects: number): Promise<ReorgError | undefined> {
    let left = effects
    let waits = 0
    let state = initialEventState(await this.#stored(), this.#o.machine)
    let input: EventInput = { type: 'poll' }
    for (;;) {
      if (left > 0) this.#change()
      const { state: next, effect } = stepEvents(state, input, this.#o.machine)
      state = next
      if (effect.type === 'fatal') return effect.error
      if (effect.type === 'apply' || left > 0) waits = 0
      else if (effect.type === 'wait') waits += 1
      if (waits > this.#o.machine.maxDoubts) return undefined
      left -= 1
      if (left < -5_000) throw new Error(`there is no end to ${effect.type}`)
      input = await this.#answer(effect, left > 0)
      if (left > 0 && this.#o.crashes === true && this.#chance(0.02)) {
        state = initialEventState(await this.#stored(), this.#o.machine)
        input = { type: 'poll' }
      }
    }
  }

  /** What the sink should have, given that the reader has seen the chain as it is. */
  expected(): readonly string[] {
    const to = this.sink.next ?? this.#o.start
    return this.chain.blocks
      .slice(Number(this.#o.start), Number(to))
      .flatMap(({ logs }) => logs.map(({ data }) => toHex(data)))
  }

  async #stored(): Promise<EventCursor> {
    const stored = await this.#between.cursor(call)
    if (stored === undefined) return initialCursor(this.#o.start)
    const cursor = decodeEventCursor(stored, this.#scope())
    if (!cursor.ok) throw new Error(cursor.error.message)
    return cursor.value
  }

  #scope() {
    return { chainId: 1337n, filter, start: this.#o.start }
  }

  #chance(p: number): boolean {
    return this.#o.random.float() < p
  }

  #below(n: number): number {
    return Math.floor(this.#o.random.float() * n)
  }

  /** Mines, reorganises, and moves tags. */
  #change(): void {
    const { chain } = this
    if (this.#chance(0.3)) chain.mine(this.#below(3))
    if (this.#chance(0.05)) for (let n = this.#below(40); n > 0; n--) chain.mine(this.#below(2))
    if (this.#chance(0.08)) {
      const lowest = this.#o.breaksFinality === true ? 1 : Math.max(chain.finalized, 0)
      const depth = this.#below(chain.blocks.length - lowest)
      const grows = depth + 1 - this.#below(3)
      chain.drop(depth)
      for (let n = 0; n < grows; n++) chain.mine(this.#below(3))
      chain.safe = Math.min(chain.safe, chain.blocks.length - 1)
      this.#views = []
    }
    if (this.#chance(0.1)) {
      const most = chain.blocks.length - 1
      chain.safe = Math.max(chain.safe, this.#below(most + 1))
      chain.finalized = Math.max(chain.finalized, Math.min(chain.safe, this.#below(most + 1)))
    }
    if (this.#chance(0.05)) this.#tooLarge = this.#chance(0.5) ? 1 + this.#below(20) : Infinity
    const { blocks, safe, finalized } = chain
    this.#views = [...this.#views.slice(-20), { blocks, safe, finalized }]
  }

  async #answer(
    effect: Exclude<EventEffect, { type: 'fatal' }>,
    mayFail: boolean,
  ): Promise<EventInput> {
    if (effect.type === 'wait') return { type: 'poll' }
    if (effect.type === 'apply') {
      const cursor = encodeEventCursor(effect.cursor, this.#scope())
      await this.#between.apply(effect.change, cursor, call)
      return { type: 'applied' }
    }
    if (mayFail && this.#chance(0.05)) return { type: 'failed' }
    const old = this.#views[this.#below(this.#views.length)]
    const view = mayFail && this.#o.lags === true && this.#chance(0.2) && old ? old : this.chain
    return answerFrom(view, effect, this.#o.machine.policy.tag, mayFail ? this.#tooLarge : Infinity)
  }
}

function answerFrom(
  view: ChainView,
  effect: Exclude<EventEffect, { type: 'fatal' | 'wait' | 'apply' }>,
  tag: 'latest' | 'safe' | 'finalized',
  maxRange: number,
): EventInput {
  switch (effect.type) {
    case 'askHeads':
      return {
        type: 'heads',
        tagged: blockOfView(view, tag),
        finalized: blockOfView(view, 'finalized'),
      }
    case 'askBlock':
      return { type: 'block', block: blockOfView(view, effect.number) }
    case 'askHeaders': {
      const { fromBlock, toBlock } = effect
      const there = view.blocks.slice(Number(fromBlock), Number(toBlock) + 1)
      return { type: 'headers', blocks: there.map(({ block }) => block) }
    }
    case 'askLogs': {
      const logs = effect.blocks.map((block) => logsOfView(view, { block }))
      const missing = logs.indexOf(undefined)
      const there = missing === -1 ? logs : logs.slice(0, missing)
      return { type: 'logs', logs: there.filter((of) => of !== undefined) }
    }
    case 'askRange': {
      const { fromBlock, toBlock } = effect
      if (toBlock - fromBlock >= maxRange) return { type: 'rangeTooLarge' }
      const logs = logsOfView(view, effect) ?? []
      const there = view.blocks.slice(Number(fromBlock), Number(toBlock) + 1)
      const isWhole = BigInt(there.length) === toBlock - fromBlock + 1n
      return { type: 'range', logs, blocks: isWhole ? there.map(({ block }) => block) : undefined }
    }
  }
}
