import type { Hash32 } from '@zkstack/crypto'

/** Signs for one validator; the key may live in this process, in another one or in hardware, and signing may fail. */
export interface ValidatorSigner {
  /** The validator's public key, encoded by the scheme of the genesis. */
  readonly publicKey: Uint8Array
  /** Signs the 32-byte hash of a message. */
  sign(hash: Hash32, o: { readonly signal: AbortSignal }): Promise<Uint8Array>
}
