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

/**
 * Virtual time: runs one event, lets everything that it woke come to rest, then runs the next. Events of one moment run in the
 * order in which they were scheduled, so a run depends on nothing but what is scheduled.
 */
export class Scheduler {
  readonly #heap: ScheduledEvent[] = []
  #now = 0
  #order = 0
  #events = 0

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
      event.run = undefined
    }
  }

  /** Runs `run` after `ms` milliseconds; returns the cancel. */
  in(ms: number, run: () => void): () => void {
    return this.at(this.#now + ms, run)
  }

  /** Runs events until there is none or `done` says so after one of them. @throws Error when time stands still. */
  async run(done: () => boolean): Promise<void> {
    let moment = 0
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      const { run } = event
      if (run === undefined) continue
      moment = event.at === this.#now ? moment + 1 : 0
      if (moment > maxEventsPerMoment) throw new Error(`time stands still at ${event.at} ms`)
      this.#now = event.at
      this.#events += 1
      run()
      await rest()
      if (done()) return
      if (this.#events % eventsPerTurn === 0) await turn()
    }
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

/** Resolves when no promise reaction is left to run: Node empties that queue before it looks at its ticks. */
function rest(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
