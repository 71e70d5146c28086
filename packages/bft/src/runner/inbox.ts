import { PrunableQueue } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { labelOf, viewOf } from '@zkstack/roles'
import type { Schedule, Signed } from '@zkstack/roles'

/** A message that waits before the state machine. */
export interface Delivery {
  readonly message: Signed
  /** Index of the validator whose connection brought it; `undefined` when it was nobody's. */
  readonly carrier: number | undefined
  /** To be called once, when the message was handled or dropped. */
  readonly done: () => void
}

/** Four labels, first-hand and relayed. */
const slotsPerCarrier = 8

/**
 * The bounded queue before the state machine (rule 4): at most one first-hand and one relayed message a carrier and label,
 * a higher view replacing and an equal view keeping the older; carriers take turns, so none can keep another waiting. All
 * messages without a carrier share the slots of one.
 */
export class Inbox {
  readonly #schedule: Schedule
  readonly #queues = new Map<number | undefined, PrunableQueue<Delivery>>()
  /** Those in which something waits, the one whose turn it is first. */
  readonly #turns = new Set<PrunableQueue<Delivery>>()
  #size = 0

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  /** Number of messages that wait. */
  get size(): number {
    return this.#size
  }

  /** Offers a message; it is done with when it was handled, replaced or refused. */
  deliver(delivery: Delivery): void {
    const queue = this.#queueOf(delivery.carrier)
    const before = queue.size
    if (queue.push(delivery) === 'dropped') delivery.done()
    this.#size += queue.size - before
    if (before === 0) this.#turns.add(queue)
  }

  /** Takes the oldest message of the carrier whose turn it is; the caller calls its `done`. */
  shift(): Delivery | undefined {
    for (const queue of this.#turns) {
      this.#turns.delete(queue)
      const delivery = queue.tryReceive()
      if (queue.size > 0) this.#turns.add(queue)
      this.#size -= 1
      return delivery
    }
    return undefined
  }

  /** Drops everything. */
  clear(): void {
    for (let next = this.shift(); next !== undefined; next = this.shift()) next.done()
  }

  #queueOf(carrier: number | undefined): PrunableQueue<Delivery> {
    const known = this.#queues.get(carrier)
    if (known !== undefined) return known
    const queue = new PrunableQueue<Delivery>({
      capacity: slotsPerCarrier,
      key: (delivery) => this.#slotOf(delivery),
      prefer: (old, next) => {
        if (viewOf(next.message.msg).number <= viewOf(old.message.msg).number) return 'old'
        old.done()
        return 'next'
      },
    })
    this.#queues.set(carrier, queue)
    return queue
  }

  #slotOf({ message, carrier }: Delivery): string {
    const key = carrier === undefined ? undefined : this.#schedule.validators[carrier]?.key
    const firstHand = key !== undefined && bytesEqual(key, message.key)
    return `${labelOf(message.msg)}/${firstHand ? 'first-hand' : 'relayed'}`
  }
}
