declare const g1Brand: unique symbol
declare const g2Brand: unique symbol

/**
 * A point of G1: x ‖ y, each 32 bytes big-endian, as in EIP-196; 64 zero bytes are infinity, which only sums can be.
 * Made by a {@link Bn254} alone, and good for every backend.
 */
export type Bn254G1 = Uint8Array & { readonly [g1Brand]: true }

/** A point of G2 other than infinity: x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0, each 32 bytes big-endian, as in EIP-197. */
export type Bn254G2 = Uint8Array & { readonly [g2Brand]: true }

/** A G2 point prepared for many pairings (20 KB); another backend than the one that made it prepares its point anew. */
export interface Bn254Lines {
  readonly backend: string
  readonly point: Bn254G2
}

/** A multiple of a point; `0 <= scalar <` {@link bn254Order}. */
export interface Bn254Term {
  readonly point: Bn254G1
  readonly scalar: bigint
}

/** One factor e(g1, g2) of a product of pairings. */
export interface Bn254Pair {
  readonly g1: Bn254G1
  readonly g2: Bn254G2 | Bn254Lines
}

/**
 * Arithmetic of the curve BN254 (alt_bn128), y² = x³ + 3, whose precompiled contracts Ethereum has. Decoders are for untrusted
 * bytes and refuse by `undefined`; all backends reach the same verdict on the same bytes.
 * @see https://eips.ethereum.org/EIPS/eip-197
 */
export interface Bn254 {
  readonly backend: string
  /** 64 bytes x ‖ y; `undefined` unless both are below the field's characteristic and the point is on the curve. */
  decodeG1(bytes: Uint8Array): Bn254G1 | undefined
  /** 128 bytes; `undefined` unless canonical, on the twisted curve and in the subgroup of prime order. */
  decodeG2(bytes: Uint8Array): Bn254G2 | undefined
  /**
   * 32 bytes of gnark's compressed form: big-endian x, its top two bits `10` for the smaller y and `11` for the larger.
   * `undefined` for any other flags, infinity, an x that is not canonical or belongs to no point.
   */
  decompressG1(bytes: Uint8Array): Bn254G1 | undefined
  /** 64 bytes of gnark's compressed form, x.c1 with the flags ‖ x.c0; refuses points outside the subgroup too. */
  decompressG2(bytes: Uint8Array): Bn254G2 | undefined
  negate(point: Bn254G1): Bn254G1
  /**
   * The sum of the terms, in variable time: not for secrets. No terms give infinity.
   * @throws RangeError for a scalar outside its range.
   */
  multiplySum(terms: readonly Bn254Term[]): Bn254G1
  /** Prepares a point that is paired again and again. */
  prepare(point: Bn254G2): Bn254Lines
  /** Whether the product of the pairings is one, with one final exponentiation; pairs with infinity count as one. */
  pairingProductIsOne(pairs: readonly Bn254Pair[]): boolean
}
