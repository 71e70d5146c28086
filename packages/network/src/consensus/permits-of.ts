/** A frame costs one permit, and one more for each of these bytes: a large message takes as long to handle as many votes. */
const BYTES_PER_PERMIT = 64 * 1024

/** What a consensus frame costs of its peer's rate. */
export function permitsOf(frame: Uint8Array): number {
  return 1 + Math.floor(frame.length / BYTES_PER_PERMIT)
}
