import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@zkstack/crypto'
import { reduceToScalar } from './scalar-field.js'

/**
 * The Fiat–Shamir transcript of gnark: a challenge is SHA-256 of its ASCII name, the digest of the challenge before it and
 * whatever it binds. Digests are chained as they are, challenges are reduced to scalars.
 */
export class PlonkTranscript {
  #previous = new Uint8Array(0)

  challenge(name: string, ...bindings: readonly Uint8Array[]): bigint {
    const digest = sha256(concatBytes(new TextEncoder().encode(name), this.#previous, ...bindings))
    this.#previous = digest
    return reduceToScalar(digest)
  }
}
