import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import {
  aggchainHash,
  certificateId,
  legacyConsensusHash,
  multisigHash,
  recoverSigner,
  signatureCommitmentV2,
  signatureCommitmentV3,
  signatureCommitmentV5,
  ZERO_HASH,
  type Address,
  type Certificate,
  type EcdsaSignature,
} from '@zkstack/pessimistic-proof'

/** Whose signatures the proven transition needed: the aggchain hash of a proof commits to them. */
export type Authority =
  /** One trusted sequencer; today's programs take it for a committee of one. */
  | { readonly type: 'sequencer'; readonly signers: readonly Signer[] }
  /** So many of a committee. */
  | { readonly type: 'multisig'; readonly signers: readonly Signer[]; readonly threshold: number }
  /** Nobody that is known here: only the hash can be shown. */
  | { readonly type: 'unknown' }

/** One who may sign. */
export interface Signer {
  readonly address: Address
  /** Whether the certificate carries this one's signature; without a certificate nobody's is known. */
  readonly hasSigned: boolean
}

/**
 * Finds out whose signatures a proof vouches for: those addresses, named or recovered from the certificate, whose hash is the proven
 * one.
 */
export function whoSigned(
  proven: Hash32,
  named: readonly Address[],
  certificate: Certificate | undefined,
): Authority {
  const recovered = certificate === undefined ? [] : recoverSigners(certificate)
  const withSignature = (address: Address): Signer => ({
    address,
    hasSigned: recovered.flat().some((signer) => bytesEqual(signer, address)),
  })
  const isSequencer = (signer: Address): boolean =>
    bytesEqual(legacyConsensusHash(signer), proven) ||
    bytesEqual(committeeHash([signer], 1), proven)
  for (const addresses of [named, ...recovered]) {
    const sequencer = addresses.find(isSequencer)
    if (sequencer) return { type: 'sequencer', signers: [withSignature(sequencer)] }
    for (let threshold = 1; threshold <= addresses.length; threshold++) {
      if (!bytesEqual(committeeHash(addresses, threshold), proven)) continue
      return { type: 'multisig', signers: addresses.map(withSignature), threshold }
    }
  }
  return { type: 'unknown' }
}

/** The aggchain hash of a network without an aggchain proof, whose certificates a committee signs. */
function committeeHash(signers: readonly Address[], threshold: number): Hash32 {
  return aggchainHash({
    aggchainVkey: ZERO_HASH,
    aggchainParams: ZERO_HASH,
    multisigHash: multisigHash(BigInt(threshold), signers),
  })
}

/**
 * Whoever made the certificate's signatures, for each of the commitments that were ever signed; for those that were not signed,
 * addresses that mean nothing.
 */
function recoverSigners(certificate: Certificate): Address[][] {
  const signed = {
    newLocalExitRoot: certificate.newLocalExitRoot,
    importedBridgeExits: certificate.importedBridgeExits,
    height: certificate.height,
    aggchainParams: ZERO_HASH,
    certificateId: certificateId(certificate),
  }
  const commitments = [
    signatureCommitmentV5(signed),
    signatureCommitmentV3(signed),
    signatureCommitmentV2(signed),
  ]
  const signatures = signaturesOf(certificate)
  return commitments.map((commitment) =>
    signatures.flatMap((signature) => recoverSigner(signature, commitment) ?? []),
  )
}

function signaturesOf({ aggchainData }: Certificate): readonly EcdsaSignature[] {
  switch (aggchainData.type) {
    case 'ecdsa':
      return [aggchainData.signature]
    case 'generic':
      return aggchainData.signature === undefined ? [] : [aggchainData.signature]
    case 'multisigOnly':
    case 'multisigAndAggchainProof':
      return aggchainData.multisig.flatMap((signature) => signature ?? [])
  }
}
