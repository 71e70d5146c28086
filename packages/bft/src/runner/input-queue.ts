import type { Clock } from '@zkstack/concurrency'
import type { Schedule, Signed } from '@zkstack/roles'
import type { BlockPersistedInput, Input } from '../chonky/input.js'
import { Inbox } from './inbox.js'
import { Wakeup } from './wakeup.js'

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
  readonly #clock: Clock
  readonly #inbox: Inbox
  #own: { readonly input: UntimedInput; readonly taken: () => void }[] = []
  #blocks: Omit<BlockPersistedInput, 'now'> | undefined
  #timer: { readonly at: number; readonly cancel: () => void } | undefined
  readonly #wakeup = new Wakeup()

  constructor(clock: Clock, schedule: Schedule) {
    this.#clock = clock
    this.#inbox = new Inbox(schedule)
  }

  /** Messages that wait. */
  get messages(): number {
    return this.#inbox.size
  }

  /** Adds an answer of our own parts, or our own message; `taken` is called when the state machine has taken it. */
  push(input: UntimedInput, taken: () => void = nothing): void {
    this.#own.push({ input, taken })
    this.#wakeup.wake()
  }

  /** Tells the newest range of blocks on disk and applied, and the last block of the epoch once it is known. */
  setBlocks({ firstBlock: first, nextBlock: next, lastBlock: last }: KnownBlocks): void {
    this.#blocks = { type: 'blockPersisted', first, next, last }
    this.#wakeup.wake()
  }

  /** Sets the one timer; its input comes when the clock has reached `at`. */
  setTimer(at: number): void {
    this.#timer?.cancel()
    const cancel = this.#clock.setTimer(at, () => {
      this.#wakeup.wake()
    })
    this.#timer = { at, cancel }
  }

  /** Offers a message of the network; resolves when it was handled or dropped. */
  deliver(message: Signed, carrier: number | undefined): Promise<void> {
    const handled = this.#inbox.deliver(message, carrier)
    this.#wakeup.wake()
    return handled
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
      return { input: { ...own.input, now }, taken: own.taken, done: nothing }
    }
    if (this.#blocks !== undefined) {
      const input = { ...this.#blocks, now }
      this.#blocks = undefined
      return { input, taken: nothing, done: nothing }
    }
    const delivery = this.#inbox.shift()
    if (delivery === undefined) return undefined
    const { message, carrier, done } = delivery
    return { input: { type: 'message', now, message, carrier }, taken: nothing, done }
  }

  /** Waits until something may be next, or until {@link wake}. */
  wait(): Promise<void> {
    return this.#wakeup.wait()
  }

  /** Ends the wait: something else has happened. */
  wake(): void {
    this.#wakeup.wake()
  }

  /** Takes back the timer and drops what waits. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#own = []
    this.#inbox.clear()
  }
}
