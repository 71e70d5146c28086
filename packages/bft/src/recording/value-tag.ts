/** First byte of every value of a recording; what follows it is in the comment. */
export const valueTag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** 8 bytes: IEEE 754 double, big-endian. */
  number: 4,
  /** A sign byte, 1 for negative, then the magnitude as bytes. */
  bigint: 5,
  /** UTF-8 as bytes. */
  string: 6,
  /** A 4-byte big-endian length, then as many bytes. */
  bytes: 7,
  /** A 4-byte count, then the values. */
  array: 8,
  /** A 4-byte count, then names (as bytes) and values by turns. */
  object: 9,
  /** A 4-byte count, then keys and values by turns. */
  map: 10,
  /** A 4-byte count, then the values. */
  set: 11,
  /** A 4-byte number of validators, then the bitmap as bytes. */
  signers: 12,
} as const

/** Values nested deeper are refused. */
export const mostNesting = 64
