const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))

/**
 * Every domain separation tag of the library's signatures, as ASCII bytes; no two are equal, so that a signature made for
 * one purpose never serves another.
 */
export const domains = {
  /**
   * Signatures of BLS min-sig, as ZKsync Era makes them. The text says G2 although messages are hashed to G1.
   */
  blsMinSigSignature: ascii('MATTER_LABS_CONSENSUS_BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'),
  /** Proofs of possession of BLS min-sig, as ZKsync Era makes them. */
  blsMinSigPossession: ascii('MATTER_LABS_CONSENSUS_BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_'),
  /** Signatures of BLS min-pk: the proof-of-possession ciphersuite of draft-irtf-cfrg-bls-signature, section 4.2.3. */
  blsMinPkSignature: ascii('BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'),
  /** Proofs of possession of BLS min-pk, from the same section. */
  blsMinPkPossession: ascii('BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'),
} as const
