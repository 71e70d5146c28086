interface Entry<T> {
  readonly at: number
  readonly order: number
  readonly event: T
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Events by time; those of one time in the order in which they were added. A binary heap: O(log n). */
export class EventQueue<T> {
  readonly #heap: Entry<T>[] = []
  #added = 0

  /** Time of the next event; `undefined` when there is none. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at
  }

  add(at: number, event: T): void {
    const heap = this.#heap
    const entry = { at, order: this.#added, event }
    this.#added += 1
    let i = heap.length
    heap.push(entry)
    while (i > 0) {
      const above = (i - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || isBefore(parent, entry)) break
      heap[i] = parent
      i = above
    }
    heap[i] = entry
  }

  /** Takes the next event. */
  shift(): T | undefined {
    const [first] = this.#heap
    const last = this.#heap.pop()
    if (first === undefined || last === undefined || this.#heap.length === 0) return first?.event
    this.#sink(last)
    return first.event
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      const left = heap[2 * i + 1]
      const right = heap[2 * i + 2]
      const below = right !== undefined && left !== undefined && isBefore(right, left) ? 2 : 1
      const child = below === 2 ? right : left
      if (child === undefined || isBefore(entry, child)) break
      heap[i] = child
      i = 2 * i + below
    }
    heap[i] = entry
  }
}
