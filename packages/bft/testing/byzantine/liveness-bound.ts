/** What the bound depends on; times in milliseconds. */
export interface LivenessConditions {
  readonly viewTimeoutMs: number
  /** The longest that a message takes once the network is stable. */
  readonly delayMs: number
  /** The most faulty leaders in a row. */
  readonly faultyLeaders: number
}

/**
 * The longest, in milliseconds, that a stable network may take from any moment to the next final block on every correct
 * replica. A faulty leader costs the view timeout and three delays: timeouts, proposal, votes. An undisturbed view takes
 * two delays, and one for the certificate to reach the last replica. Where the network has only just become stable, the
 * highest view must first be heard of, at its next repetition, and then end: that costs as much as two faulty leaders.
 */
export function livenessBound(o: LivenessConditions, justStable = false): number {
  const failedViews = o.faultyLeaders + (justStable ? 2 : 0)
  return failedViews * (o.viewTimeoutMs + 3 * o.delayMs) + 3 * o.delayMs
}
