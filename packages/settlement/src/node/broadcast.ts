import { Channel, onAbort, ZkStackError } from '@zkstack/concurrency'

/** Events that a subscriber may leave unread. */
const maxUnread = 4096

/** Hands every event to whoever listens at the time. */
export class Broadcast<T> {
  readonly #subscribers = new Set<Subscriber<T>>()

  /** How many listen. */
  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Tells everybody; who has too much unread is cut off. */
  send(event: T): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.channel.trySend(event)) continue
      subscriber.isLagging = true
      subscriber.channel.close()
      this.#subscribers.delete(subscriber)
    }
  }

  /**
   * The events from now on, in order; ends when the signal aborts.
   * @throws ZkStackError `EVENTS_LOST` when they are not read in time.
   */
  subscribe(signal?: AbortSignal): AsyncIterable<T> {
    const subscriber = { channel: new Channel<T>(maxUnread), isLagging: false }
    this.#subscribers.add(subscriber)
    const end = (): void => {
      subscriber.channel.close()
      this.#subscribers.delete(subscriber)
    }
    const unlink = signal && onAbort(signal, end)
    const leave = (): void => {
      unlink?.()
      end()
    }
    const events = read(subscriber, leave)
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => events.next(),
        return: () => {
          leave()
          return events.return(undefined)
        },
      }),
    }
  }
}

interface Subscriber<T> {
  readonly channel: Channel<T>
  isLagging: boolean
}

async function* read<T>(
  subscriber: Subscriber<T>,
  leave: () => void,
): AsyncGenerator<T, undefined, undefined> {
  try {
    yield* subscriber.channel
  } finally {
    leave()
  }
  if (subscriber.isLagging)
    throw new ZkStackError('EVENTS_LOST', `more than ${maxUnread} events were not read in time`)
  return undefined
}
