import type { Clock } from '@zkstack/concurrency'
import type { Schedule, Signed } from '@zkstack/roles'
import type { BlockPersistedInput, Input } from '../chonky/input.js'
import { Inbox, type Delivery } from './inbox.js'

type WithoutTime<T> = T extends unknown ? Omit<T, 'now'> : never

/** An input that gets its time when its turn comes. */
export type UntimedInput = WithoutTime<Input>

/** An input whose turn has come. */
export interface NextInput {
  readonly input: Input
  /** To be called when the state machine has taken the input. */
  readonly taken: () => void
  /** To be called when its effects were carried out. */
  readonly done: () => void
}

/** What the state machine is told about blocks. */
export interface KnownBlocks {
  /** Blocks [firstBlock, nextBlock) are on disk and applied. */
  readonly firstBlock: bigint
  readonly nextBlock: bigint
  /** The last block of the epoch, once the committee that follows is known. */
  readonly lastBlock: bigint | undefined
}

const nothing = (): void => undefined

/**
 * What waits before the state machine. The timer comes first, then what we caused ourselves in its order, then blocks, then
 * messages. Bounded: we cause a bounded number of inputs, block ranges conflate, and the inbox has its slots.
 */
export class InputQueue {
  /** Called when something of our own may be next. */
  onOwn: () => void = nothing
  /** Called when a message may be next. */
  onMessage: () => void = nothing
  readonly #clock: Clock
  readonly #inbox: Inbox
  /** A message before which none waits; it takes no slot when it is handled at once. */
  #arriving: Delivery | undefined
  #own: { readonly input: UntimedInput; readonly taken: () => void }[] = []
  #blocks: Omit<BlockPersistedInput, 'now'> | undefined
  /** What was told last. */
  #known: KnownBlocks | undefined
  #timer: { readonly at: number; readonly cancel: () => void } | undefined

  constructor(clock: Clock, schedule: Schedule) {
    this.#clock = clock
    this.#inbox = new Inbox(schedule)
  }

  /** Messages that wait. */
  get messages(): number {
    return this.#inbox.size + (this.#arriving === undefined ? 0 : 1)
  }

  /**
   * Adds an answer of our own parts, or our own message, which gets its time written into it; `taken` is called when the state
   * machine has taken it.
   */
  push(input: UntimedInput, taken: () => void = nothing): void {
    this.#own.push({ input, taken })
    this.onOwn()
  }

  /** Tells the newest range of blocks on disk and applied, and the last block of the epoch once it is known. */
  setBlocks(blocks: KnownBlocks): void {
    const { firstBlock: first, nextBlock: next, lastBlock: last } = blocks
    const known = this.#known
    if (known?.firstBlock === first && known.nextBlock === next && known.lastBlock === last) return
    this.#known = blocks
    this.#blocks = { type: 'blockPersisted', first, next, last }
    this.onOwn()
  }

  /** Sets the one timer; its input comes when the clock has reached `at`. */
  setTimer(at: number): void {
    this.#timer?.cancel()
    const cancel = this.#clock.setTimer(at, () => {
      this.onOwn()
    })
    this.#timer = { at, cancel }
  }

  /** Offers a message of the network; what it returns, if anything, resolves when the message was handled or dropped. */
  deliver(message: Signed, carrier: number | undefined): Promise<void> | undefined {
    let isDone = false
    let tell = nothing
    const done = (): void => {
      isDone = true
      tell()
    }
    this.#offer({ message, carrier, done })
    if (isDone) return undefined
    return new Promise((resolve) => {
      tell = resolve
    })
  }

  #offer(delivery: Delivery): void {
    if (this.messages > 0) {
      this.#inbox.deliver(delivery)
      this.onMessage()
      return
    }
    this.#arriving = delivery
    this.onMessage()
    if (this.#arriving !== delivery) return
    this.#arriving = undefined
    this.#inbox.deliver(delivery)
  }

  /** Takes what is next, if anything is. */
  next(): NextInput | undefined {
    const now = this.#clock.now()
    if (this.#timer !== undefined && now >= this.#timer.at) {
      this.#timer.cancel()
      this.#timer = undefined
      return { input: { type: 'tick', now }, taken: nothing, done: nothing }
    }
    const own = this.#own.shift()
    if (own !== undefined) {
      return { input: Object.assign(own.input, { now }), taken: own.taken, done: nothing }
    }
    if (this.#blocks !== undefined) {
      const input = { ...this.#blocks, now }
      this.#blocks = undefined
      return { input, taken: nothing, done: nothing }
    }
    const delivery = this.#arriving ?? this.#inbox.shift()
    if (delivery === undefined) return undefined
    this.#arriving = undefined
    const { message, carrier, done } = delivery
    return { input: { type: 'message', now, message, carrier }, taken: nothing, done }
  }

  /** Takes back the timer and drops what waits. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#own = []
    this.#inbox.clear()
  }
}
