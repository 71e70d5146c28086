/**
 * A leaf's place in a sparse Merkle tree: one byte for eight levels, of each byte the lowest bit first. Bit i is the branch
 * taken i levels below the root, 1 to the right.
 */
export type SparseKey = Uint8Array

/** The branch that a key takes at this depth. */
export function bitAt(key: SparseKey, depth: number): 0 | 1 {
  return (((key[depth >> 3] ?? 0) >> (depth & 7)) & 1) as 0 | 1
}

/** How many bits two keys share from the root down, at most `limit`. */
export function sharedBits(a: SparseKey, b: SparseKey, limit: number): number {
  for (let i = 0; i < a.length && 8 * i < limit; i++) {
    const difference = (a[i] ?? 0) ^ (b[i] ?? 0)
    if (difference === 0) continue
    const lowest = 31 - Math.clz32(difference & -difference)
    return Math.min(8 * i + lowest, limit)
  }
  return limit
}

/** The first `bits` bits of a key, the others zero. */
export function prefixOf(key: SparseKey, bits: number): SparseKey {
  const prefix = new Uint8Array(key.length)
  const whole = bits >> 3
  prefix.set(key.subarray(0, whole))
  if ((bits & 7) !== 0) prefix[whole] = (key[whole] ?? 0) & ((1 << (bits & 7)) - 1)
  return prefix
}
