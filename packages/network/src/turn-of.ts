import { yieldTurn, type Clock } from '@zkstack/concurrency'

/** How to let others have their turns, by a clock. */
export function turnOf(clock: Clock): () => Promise<void> {
  return clock.yieldTurn?.bind(clock) ?? yieldTurn
}
