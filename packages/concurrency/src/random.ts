/** A source of randomness. */
export interface Random {
  /** `n` fresh random bytes. @throws RangeError unless `n` is a non-negative integer. */
  bytes(n: number): Uint8Array
  /** A uniform integer in [0, 2^32). */
  uint32(): number
  /** A uniform number in [0, 1) with 53 random bits. */
  float(): number
}

/** The most bytes the platform gives in one call. */
const bytesPerCall = 65_536

function fillSystemRandom(n: number): Uint8Array {
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(`n must be a non-negative integer: ${n}`)
  const bytes = new Uint8Array(n)
  for (let i = 0; i < n; i += bytesPerCall)
    globalThis.crypto.getRandomValues(bytes.subarray(i, i + bytesPerCall))
  return bytes
}

function uint32Of(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
}

/** A number in [0, 1) from 27 + 26 random bits. */
export function floatOf(uint32: () => number): number {
  return ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53
}

/** Cryptographic randomness from the platform. */
export const systemRandom: Random = {
  bytes: fillSystemRandom,
  uint32: () => uint32Of(fillSystemRandom(4)),
  float: () => floatOf(() => uint32Of(fillSystemRandom(4))),
}
