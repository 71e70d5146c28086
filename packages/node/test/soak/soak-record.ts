import type { CollectedMemory } from './collected-memory.js'
import type { Fault } from './fault-plan.js'
import type { ProcessUsage } from './process-usage.js'

/** Faults that were played, and what became of them. */
export interface EpisodeRecord {
  readonly fromMinute: number
  /** When the last of them ended. */
  readonly healedMinute: number
  /** From then until every node had committed new blocks; undefined: it did not. */
  readonly recoveryMs: number | undefined
  readonly kinds: readonly Fault['kind'][]
  readonly what: readonly string[]
}

/** A node at one moment. */
export interface UsageSample {
  readonly node: number
  /** Which of its processes. */
  readonly life: number
  readonly minute: number
  /** The last block that it was known to have committed; −1: none. */
  readonly committed: number
  /** Undefined while there is no process. */
  readonly usage: ProcessUsage | undefined
}

/** What a node keeps at one moment. */
export interface MemorySample {
  readonly node: number
  /** Which of its processes. */
  readonly life: number
  readonly minute: number
  readonly memory: CollectedMemory
}

/** What happened in a run. */
export interface SoakRecord {
  readonly minutes: number
  /** By node: the last block that it was seen to have committed. */
  readonly heights: readonly number[]
  /** By node: how many processes it had. */
  readonly lives: readonly number[]
  readonly episodes: readonly EpisodeRecord[]
  readonly usage: readonly UsageSample[]
  readonly memory: readonly MemorySample[]
  readonly problems: readonly string[]
}
