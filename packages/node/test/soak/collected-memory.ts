import { fileURLToPath } from 'node:url'

/** What a process keeps after two full collections; in bytes. */
export interface CollectedMemory {
  /** In the heap of the main thread, but for code. */
  readonly objects: number
  /** Code that the engine has compiled, and what belongs to it. */
  readonly code: number
  /** Outside of the heap, and of objects in it; buffers are a part of it. */
  readonly external: number
  /** Resident, and nowhere but in this process. */
  readonly own: number
  /** Resident pages of files: programs, libraries and tables of the database. The system takes them back when it needs room. */
  readonly mapped: number
}

/** The message upon which a process that was started with {@link collectingFlags} answers with a {@link CollectedMemory}. */
export const COLLECT = 'collect'

/** Room for new objects, in MiB; there are two of it, and one is empty. */
const SEMI_SPACE = 4

/** How often memory is read, in milliseconds: often enough for a trend also in a run of a few minutes. */
export function collectEveryMs(minutes: number): number {
  return Math.max(2_000, (minutes * 60_000) / 150)
}

/**
 * Arguments of an interpreter under which it answers to {@link COLLECT}. New objects have as much room at the end as in the
 * beginning, and old ones are moved together in each collection, so that resident memory shows what is kept and not how it lies.
 */
export const collectingFlags: readonly string[] = [
  '--expose-gc',
  `--min-semi-space-size=${SEMI_SPACE}`,
  `--max-semi-space-size=${SEMI_SPACE}`,
  '--compact-on-every-full-gc',
  `--import=${fileURLToPath(new URL('memory-probe.mjs', import.meta.url))}`,
]

/** The answer to {@link COLLECT}; undefined for any other message. */
export function collectedMemoryOf(message: unknown): CollectedMemory | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { objects, code, external, own, mapped } = message as Partial<
    Record<keyof CollectedMemory, unknown>
  >
  const memory = { objects, code, external, own, mapped }
  return isCounted(memory) ? memory : undefined
}

function isCounted(memory: Record<keyof CollectedMemory, unknown>): memory is CollectedMemory {
  return Object.values(memory).every((value) => typeof value === 'number' && value >= 0)
}
