import { jitter } from './simulated-link.js'

/** What the bound depends on, in milliseconds. */
export interface LivenessConditions {
  readonly viewTimeoutMs: number
  /** The longest one-way delay between two nodes. */
  readonly delayMs: number
  readonly writeMs: number
  readonly executionMs: number
  /** The most faulty leaders in a row. */
  readonly faultyLeaders: number
}

/** How long a member of the committee waits for consensus before it fetches a block; two requests may follow. */
const syncGraceMs = 250

/**
 * How long the next block may take on every node, once all faults are over, all nodes are up and all are connected: the last
 * view of the bad time runs out, what was lost is repeated one view timeout later, and a view whose leader lacked a block runs
 * out too; then come the views of faulty leaders, and one with an honest leader. A view costs its timeout and three steps: timeout votes, proposal, votes.
 * A step is a delay and what the node does before it sends: writes and a call of its execution layer.
 */
export function livenessBound(o: LivenessConditions): number {
  const writes = 8 * o.writeMs
  const step = o.delayMs * (1 + jitter) + writes + 2 * o.executionMs
  const view = o.viewTimeoutMs + 3 * step
  const fetch = syncGraceMs + 4 * step
  return (3 + o.faultyLeaders) * view + fetch + 3 * step
}

/** What a {@link LivenessWatch} asks and tells. */
export interface LivenessWatchInit {
  /** Blocks that must come after the network is stable. */
  readonly blocks: bigint
  /** Height below which all must be there too. */
  readonly until: bigint
  readonly boundMs: number
  /** Next height of each node. */
  heights(): readonly bigint[]
  /** Grows whenever one of the heights does. */
  commits(): number
  isStable(): boolean
  now(): number
  late(text: string): void
}

/** Sees to it that blocks come in time, and knows when there are enough. */
export class LivenessWatch {
  readonly #init: LivenessWatchInit
  #goal: bigint | undefined
  #lowest = 0n
  #deadline = Infinity
  /** Commits at the last look at the heights. */
  #seen = 0

  constructor(init: LivenessWatchInit) {
    this.#init = init
  }

  /** Looks at the nodes; true when the run has shown what it is for. */
  check(): boolean {
    const init = this.#init
    if (!init.isStable()) {
      this.#goal = undefined
      return false
    }
    const isNew = this.#goal === undefined || init.commits() !== this.#seen
    return (isNew || init.now() > this.#deadline) && this.#look()
  }

  #look(): boolean {
    const { heights, commits, now, boundMs, blocks, until, late } = this.#init
    this.#seen = commits()
    const all = heights()
    const lowest = all.reduce((a, b) => (a < b ? a : b))
    if (this.#goal === undefined) {
      const highest = all.reduce((a, b) => (a > b ? a : b))
      const goal = highest + blocks
      this.#goal = goal > until ? goal : until
      this.#lowest = lowest
      this.#deadline = now() + boundMs
    }
    if (lowest > this.#lowest) {
      this.#lowest = lowest
      this.#deadline = now() + boundMs
    }
    if (lowest >= this.#goal) return true
    if (now() <= this.#deadline) return false
    late(
      `no block ${lowest} everywhere within ${Math.round(boundMs)} ms after the network was stable`,
    )
    return true
  }
}
