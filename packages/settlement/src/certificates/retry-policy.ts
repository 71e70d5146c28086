/** How long to wait before something that failed for now is tried again. */
export interface RetryPolicy {
  readonly initialMs: number
  /** By what the delay grows each time, at least 1. */
  readonly factor: number
  readonly maxMs: number
  /** How many tries a certificate has before its transient error becomes its status. */
  readonly maxAttempts: number
}

/** One second, doubled up to a minute; after 20 tries, some quarter of an hour, the certificate is in error. */
export const defaultRetryPolicy: RetryPolicy = {
  initialMs: 1000,
  factor: 2,
  maxMs: 60_000,
  maxAttempts: 20,
}

/** Milliseconds to wait after the n-th failure in a row, counted from 1. */
export function retryDelay(
  { initialMs, factor, maxMs }: Omit<RetryPolicy, 'maxAttempts'>,
  failures: number,
): number {
  return Math.min(maxMs, initialMs * factor ** (failures - 1))
}
