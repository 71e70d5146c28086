import { Watch } from '@zkstack/concurrency'
import type { CallOptions } from './execution-layer.js'
import type { BlockRange } from './store.js'

interface FeedState {
  readonly range: BlockRange
  readonly closed: boolean
}

/** The range of a store, and those who watch it. */
export class RangeFeed {
  readonly #watch: Watch<FeedState>

  constructor(initial: BlockRange) {
    this.#watch = new Watch<FeedState>({ range: initial, closed: false })
  }

  /** The newest range. */
  get value(): BlockRange {
    return this.#watch.value.range
  }

  /** Announces a new range. */
  set(range: BlockRange): void {
    this.#watch.update(({ closed }) => ({ range, closed }))
  }

  /** Ends every watch. */
  close(): void {
    this.#watch.update(({ range }) => ({ range, closed: true }))
  }

  /** Yields the range now and after each change, the newest only; ends on close. @throws AbortError when the signal aborts. */
  async *watch(o: CallOptions): AsyncGenerator<BlockRange, void, undefined> {
    let seen: BlockRange | undefined
    for (;;) {
      const isNew = (state: FeedState): boolean => state.closed || state.range !== seen
      const { range, closed } = await this.#watch.waitFor(isNew, o)
      if (range !== seen) yield range
      if (closed) return
      seen = range
    }
  }
}
