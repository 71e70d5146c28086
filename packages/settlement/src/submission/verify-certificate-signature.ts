import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import {
  certificateId,
  multisigError,
  recoverSigner,
  signatureCommitmentV2,
  signatureCommitmentV3,
  signatureCommitmentV5,
  ZERO_HASH,
  type Address,
  type Certificate,
  type EcdsaSignature,
  type Multisig,
  type SignedCertificate,
} from '@zkstack/pessimistic-proof'
import type { SubmissionError } from './submission-error.js'

/** Who signs for a network: as L1 says, or for a single signer as the operator says. */
export type SignerContext =
  /** One signer: the operator's `proof-signers` entry, else the rollup's `trustedSequencer()`. */
  | { readonly type: 'trustedSequencer'; readonly signer: Address }
  /** A committee in its order: `getAggchainSigners()` and `getThreshold()`. */
  | {
      readonly type: 'committee'
      readonly signers: readonly Address[]
      readonly threshold: bigint
    }

/**
 * Whether those who must have signed a certificate:
 *
 * | aggchain data | who | what |
 * |---|---|---|
 * | `ecdsa` | the sequencer | commitment V5, V3 or V2 |
 * | `generic` | the sequencer; the signature may not be missing | V5 |
 * | `multisigOnly`, `multisigAndAggchainProof` | at least `threshold` of the committee, and nobody else in their place | V5 |
 *
 * @see agglayer crates/agglayer-rpc/src/lib.rs (`verify_cert_signature`)
 */
export function verifyCertificateSignature(
  certificate: Certificate,
  context: SignerContext,
): Result<void, SubmissionError> {
  const { aggchainData: data } = certificate
  const isMultisig = data.type === 'multisigOnly' || data.type === 'multisigAndAggchainProof'
  if (isMultisig) {
    if (context.type !== 'committee') return wrongVariant(data.type, context.type)
    const params = data.type === 'multisigOnly' ? ZERO_HASH : data.aggchainProof.aggchainParams
    return verifyCommittee(data.multisig, signedBy(certificate, params), context)
  }
  if (context.type !== 'trustedSequencer') return wrongVariant(data.type, context.type)
  if (data.type === 'ecdsa') {
    const signed = signedBy(certificate, ZERO_HASH)
    const commitments = [signatureCommitmentV5, signatureCommitmentV3, signatureCommitmentV2]
    return verifyOne(data.signature, commitments, { signed, signer: context.signer })
  }
  if (data.signature === undefined)
    return err({ kind: 'rebuild', code: 'SignatureMissing', message: 'the signature is missing' })
  const signed = signedBy(certificate, data.aggchainProof.aggchainParams)
  return verifyOne(data.signature, [signatureCommitmentV5], { signed, signer: context.signer })
}

function signedBy(certificate: Certificate, aggchainParams: Hash32): SignedCertificate {
  const { newLocalExitRoot, importedBridgeExits, height } = certificate
  return {
    newLocalExitRoot,
    importedBridgeExits,
    height,
    aggchainParams,
    certificateId: certificateId(certificate),
  }
}

function verifyOne(
  signature: EcdsaSignature,
  commitments: readonly ((signed: SignedCertificate) => Hash32)[],
  { signed, signer }: { readonly signed: SignedCertificate; readonly signer: Address },
): Result<void, SubmissionError> {
  const matches = commitments.some((commitment) => {
    const recovered = recoverSigner(signature, commitment(signed))
    return recovered !== undefined && bytesEqual(recovered, signer)
  })
  if (matches) return ok(undefined)
  const message = 'the signature is not of the signer that L1 or the configuration names'
  return err({ kind: 'rebuild', code: 'SignatureMismatch', expectedSigner: signer, message })
}

function verifyCommittee(
  multisig: Multisig,
  signed: SignedCertificate,
  { signers, threshold }: Extract<SignerContext, { type: 'committee' }>,
): Result<void, SubmissionError> {
  const source = multisigError(
    { signatures: multisig, expectedSigners: signers, threshold },
    signatureCommitmentV5(signed),
  )
  if (source === undefined) return ok(undefined)
  const message = `the committee's signatures do not hold: ${source.code}`
  return err({ kind: 'rebuild', code: 'InvalidMultisig', source, message })
}

function wrongVariant(payload: string, context: string): Result<void, SubmissionError> {
  const message = `the certificate vouches as ${payload}, its network's signers are: ${context}`
  return err({ kind: 'rebuild', code: 'InvalidVariant', payload, context, message })
}
