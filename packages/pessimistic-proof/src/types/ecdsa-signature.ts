/** An ECDSA signature over secp256k1. */
export interface EcdsaSignature {
  /** Unsigned 256-bit number. */
  readonly r: bigint
  /** Unsigned 256-bit number; low or high. */
  readonly s: bigint
  /** Whether the y coordinate of the nonce's point is odd. */
  readonly oddYParity: boolean
}
