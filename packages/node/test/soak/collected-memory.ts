import { fileURLToPath } from 'node:url'

/** What a process keeps after two full collections; in bytes. */
export interface CollectedMemory {
  /** In the heap of the main thread, but for code. */
  readonly objects: number
  /** Code that the engine has compiled, and what belongs to it. */
  readonly code: number
  /** Outside of the heap, and of objects in it; buffers are a part of it. */
  readonly external: number
  readonly rss: number
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
 * beginning, so that resident memory shows what is kept.
 */
export const collectingFlags: readonly string[] = [
  '--expose-gc',
  `--min-semi-space-size=${SEMI_SPACE}`,
  `--max-semi-space-size=${SEMI_SPACE}`,
  `--import=${fileURLToPath(new URL('memory-probe.mjs', import.meta.url))}`,
]

/** The answer to {@link COLLECT}; undefined for any other message. */
export function collectedMemoryOf(message: unknown): CollectedMemory | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { objects, code, external, rss } = message as Partial<
    Record<keyof CollectedMemory, unknown>
  >
  if (!isCount(objects) || !isCount(code) || !isCount(external) || !isCount(rss)) return undefined
  return { objects, code, external, rss }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}
