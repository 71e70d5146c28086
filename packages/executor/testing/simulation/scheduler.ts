import { errorOf } from '@zkstack/concurrency'

/** Something that happens at a moment of virtual time. */
interface ScheduledEvent {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

/** Events between two turns of the real event loop, so that a long run can be interrupted. */
const eventsPerTurn = 1_000

/** More events than this at one moment are an endless loop. */
const maxEventsPerMoment = 1_000_000

/** So many canceled events are always kept. */
const mostCanceled = 256

/** What is chained to it runs as a promise reaction. */
const settled = Promise.resolve()

/**
 * Virtual time: runs one event, lets everything that it woke come to rest, then runs the next. Events of one moment run in the
 * order in which they were scheduled, so a run depends on nothing but what is scheduled.
 */
export class Scheduler {
  readonly #heap: ScheduledEvent[] = []
  #now = 0
  #order = 0
  /** Events in the heap that were canceled. */
  #canceled = 0
  #events = 0
  /** Events since the clock moved. */
  #moment = 0

  /** Virtual milliseconds since the beginning. */
  get now(): number {
    return this.#now
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  /** Runs `run` at a moment, or next when that is past; returns the cancel. */
  at(moment: number, run: () => void): () => void {
    const event: ScheduledEvent = { at: Math.max(moment, this.#now), order: this.#order++, run }
    this.#push(event)
    return () => {
      if (event.run === undefined) return
      event.run = undefined
      this.#canceled += 1
      if (this.#canceled > mostCanceled && 2 * this.#canceled > this.#heap.length) this.#sweep()
    }
  }

  /** Runs `run` after `ms` milliseconds; returns the cancel. */
  in(ms: number, run: () => void): () => void {
    return this.at(this.#now + ms, run)
  }

  /** Runs events until there is none or `done` says so after one of them. @throws Error when time stands still. */
  run(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = (): void => {
        try {
          if (this.#runNext()) process.nextTick(rested)
          else resolve()
        } catch (e) {
          reject(errorOf(e))
        }
      }
      // Node looks at its ticks when no promise reaction is left to run, and then runs them all: the next event is a reaction.
      const rested = (): void => {
        try {
          if (done()) resolve()
          else if (this.#events % eventsPerTurn === 0) setImmediate(goOn)
          else goOn()
        } catch (e) {
          reject(errorOf(e))
        }
      }
      const goOn = (): void => {
        settled.then(next, reject)
      }
      goOn()
    })
  }

  /** Runs the next event; false when there is none. */
  #runNext(): boolean {
    let event = this.#pop()
    while (event !== undefined && event.run === undefined) {
      this.#canceled -= 1
      event = this.#pop()
    }
    if (event?.run === undefined) return false
    const { run } = event
    event.run = undefined
    this.#moment = event.at === this.#now ? this.#moment + 1 : 0
    if (this.#moment > maxEventsPerMoment) throw new Error(`time stands still at ${event.at} ms`)
    this.#now = event.at
    this.#events += 1
    run()
    return true
  }

  /** Takes out what was canceled: most timers are, long before their time. */
  #sweep(): void {
    const all = this.#heap.splice(0)
    for (const event of all) if (event.run !== undefined) this.#push(event)
    this.#canceled = 0
  }

  #push(event: ScheduledEvent): void {
    const heap = this.#heap
    let i = heap.length
    while (i > 0) {
      const above = (i - 1) >>> 1
      const parent = heap[above]
      if (parent === undefined || isBefore(parent, event)) break
      heap[i] = parent
      i = above
    }
    heap[i] = event
  }

  #pop(): ScheduledEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    let i = 0
    for (;;) {
      let below = 2 * i + 1
      let child = heap[below]
      const right = heap[below + 1]
      if (child === undefined) break
      if (right !== undefined && isBefore(right, child)) {
        below += 1
        child = right
      }
      if (isBefore(last, child)) break
      heap[i] = child
      i = below
    }
    heap[i] = last
    return first
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
