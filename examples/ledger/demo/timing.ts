const bytesPerMebibyte = 1024 * 1024

/**
 * How long a view may last, in milliseconds: what a leader that is gone costs. Large payloads get more, since all validators
 * share one machine: a second per mebibyte.
 */
export function viewTimeoutMs(payloadBytes: number): number {
  return 2000 + Math.ceil((payloadBytes / bytesPerMebibyte) * 1000)
}

/** How long the chain may make no block before the demo gives up: 15 views, some of which a killed validator leads. */
export function blockPatienceMs(payloadBytes: number): number {
  return 15 * viewTimeoutMs(payloadBytes)
}

/** How long all processes together may take to start: they share the machine's cores. */
export function startPatienceMs(validators: number): number {
  return 30_000 + 10_000 * validators
}

/** How long a validator may take to answer or to stop. */
export const stopPatienceMs = 15_000
