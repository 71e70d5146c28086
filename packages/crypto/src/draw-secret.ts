const mostAttempts = 256

/**
 * Draws secrets until one is valid; for every scheme at least one of two candidates is.
 * @throws RangeError when none of 256 is, which says that `random` is not random.
 */
export function drawSecret(
  random: (n: number) => Uint8Array,
  length: number,
  isValid: (candidate: Uint8Array) => boolean,
  topByteMask = 0xff,
): Uint8Array {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const candidate = Uint8Array.from(random(length))
    candidate[0] = (candidate[0] ?? 0) & topByteMask
    if (isValid(candidate)) return candidate
  }
  throw new RangeError(`random: none of ${mostAttempts} drawn secrets is valid`)
}
