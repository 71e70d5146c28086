/** How long to wait before the next of several tries. */
export interface RetryPolicy {
  /** Before the second try, in milliseconds. */
  readonly initialMs: number
  /** By which the wait grows with each further try. */
  readonly factor: number
  /** The longest wait, without its jitter. */
  readonly maxMs: number
  /** At most as much is added at random, so that jobs do not all come at once. */
  readonly jitterMs: number
}

/**
 * Milliseconds to wait after the `tries`-th try, counted from 1.
 * @param random in [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, tries: number, random: number): number {
  const grown = policy.initialMs * policy.factor ** (Math.max(tries, 1) - 1)
  return Math.min(grown, policy.maxMs) + policy.jitterMs * random
}
