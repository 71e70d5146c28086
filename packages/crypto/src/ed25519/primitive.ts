/**
 * Ed25519 by one library. Verdicts are those of {@link isPlausibleSignature} and, for keys, of the same checks, followed by the
 * equation without cofactor: R's bytes = encode(sB − H(R ‖ A ‖ M)·A). `Key` is whatever the library keeps of a key.
 */
export interface Ed25519Primitive<Key> {
  readonly backend: string
  publicKey(seed: Uint8Array): Uint8Array
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array
  /** Prepares 32 plausible bytes; `undefined` when the library sees that they are no point of the curve. */
  prepare(bytes: Uint8Array): Key | undefined
  /** The equation alone; the signature is plausible. */
  satisfies(key: Key, message: Uint8Array, signature: Uint8Array): boolean
}
