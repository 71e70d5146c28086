/**
 * Where a bridge exit stands among all networks: a leaf of L1's exit tree, or of a rollup's.
 *
 * As a 256-bit number: bits 0 to 31 are the leaf index, 32 to 63 the rollup index, 64 the mainnet flag.
 */
export interface GlobalIndex {
  readonly mainnetFlag: boolean
  /** The rollup's network id less one; any unsigned 32-bit number but 2^32−1. Meaningless if the flag is set. */
  readonly rollupIndex: number
  /** Unsigned 32-bit number. */
  readonly leafIndex: number
}
