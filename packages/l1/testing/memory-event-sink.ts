import type { EventChange, EventSink, L1Event } from '../src/events/event-sink.js'

/** A sink in memory, which keeps the events that hold, and remembers every change. */
export class MemoryEventSink implements EventSink {
  /** Events that were not taken back, in order. */
  events: readonly L1Event[] = []
  /** Every change, the oldest first. */
  readonly changes: EventChange[] = []
  /** The first block that was not read; `undefined` before the first change. */
  next: bigint | undefined
  /** Up to where all is final; −1: nothing is. */
  finalTo = -1n
  #cursor: Uint8Array | undefined

  async cursor(): Promise<Uint8Array | undefined> {
    return this.#cursor
  }

  /** @throws Error for a change that does not follow on those before: a gap, an event twice, or one taken back that was final. */
  async apply(change: EventChange, cursor: Uint8Array): Promise<void> {
    this.#check(change)
    this.changes.push(change)
    this.#cursor = cursor
    if (change.type === 'events') {
      this.events = [...this.events, ...change.events]
      this.next = change.toBlock + 1n
    } else if (change.type === 'rollback') {
      this.events = this.events.filter(({ blockNumber }) => blockNumber < change.fromBlock)
      this.next = change.fromBlock
    } else {
      this.finalTo = change.toBlock
    }
  }

  #check(change: EventChange): void {
    if (change.type === 'finalized') {
      if (change.toBlock <= this.finalTo) throw new Error('finality went back')
    } else if (change.fromBlock <= this.finalTo) {
      throw new Error(`block ${change.fromBlock} was final`)
    } else if (change.type === 'rollback') {
      if (this.next === undefined || change.fromBlock >= this.next)
        throw new Error(`a rollback to block ${change.fromBlock}, of which nothing was read`)
    } else if (this.next !== undefined && change.fromBlock !== this.next) {
      throw new Error(`block ${change.fromBlock} does not follow on ${this.next - 1n}`)
    }
  }
}
