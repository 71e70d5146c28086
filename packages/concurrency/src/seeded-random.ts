import { floatOf } from './random.js'
import type { Random } from './random.js'

/** Deterministic randomness that can be divided into independent streams. */
export interface SeededRandom extends Random {
  /** A stream that depends only on this one's seed and on the label, not on how much has been drawn. */
  split(label: string): SeededRandom
}

/** Four 32-bit words from a text: two rounds of multiply-xor hashing per word, enough to separate seeds, of no cryptographic use. */
function seedWords(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]
  const multipliers = [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1] as const
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    for (let w = 0; w < 4; w++) {
      const mixed = Math.imul((words[w] ?? 0) ^ (unit + i * 31), multipliers[w] ?? 1)
      words[w] = (mixed ^ (mixed >>> 15)) >>> 0
    }
  }
  return words
}

/**
 * Deterministic randomness for tests and simulations (Small Fast Counter, 32 bits); equal seeds give equal streams on every
 * platform. Never use it for keys.
 */
export function seededRandom(seed: string | number): SeededRandom {
  const text = String(seed)
  // As signed words, which the engine keeps without an object each.
  let [a, b, c, counter] = seedWords(text).map((word) => word | 0) as [
    number,
    number,
    number,
    number,
  ]
  const uint32 = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // The first outputs still resemble the seed.
  for (let i = 0; i < 16; i++) uint32()
  const bytes = (n: number): Uint8Array => {
    if (!Number.isSafeInteger(n) || n < 0)
      throw new RangeError(`n must be a non-negative integer: ${n}`)
    const out = new Uint8Array(n)
    for (let i = 0; i < n; i += 4) {
      const word = uint32()
      for (let j = 0; j < 4 && i + j < n; j++) out[i + j] = word >>> (8 * j)
    }
    return out
  }
  return {
    bytes,
    uint32,
    float: () => floatOf(uint32),
    split: (label) => seededRandom(`${text}/${label}`),
  }
}
