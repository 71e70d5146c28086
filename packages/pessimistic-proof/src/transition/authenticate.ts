import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { signerRecovery } from '../hashes/recover-signer.js'
import {
  signatureCommitmentV2,
  signatureCommitmentV3,
  signatureCommitmentV5,
  type SignedCertificate,
} from '../hashes/signature-commitment.js'
import { ZERO_HASH } from '../trees/empty-hashes.js'
import type { MultiBatchHeader, MultiSignature } from '../types/multi-batch-header.js'
import type { PessimisticRootVersion } from './pessimistic-root-version.js'
import type { ProofError } from './proof-error.js'
import { multisigError } from './verify-multisig.js'

/**
 * Checks who vouches for the certificate, whose new local exit root is the computed one, and tells the version of pessimistic
 * root that was signed for. An aggchain proof is not verified here: the program does it in the zkVM alone.
 * @see agglayer crates/pessimistic-proof-core/src/aggchain_data/mod.rs
 */
export function authenticate(
  header: MultiBatchHeader,
  newLocalExitRoot: Hash32,
): Result<PessimisticRootVersion, ProofError> {
  const { aggchainData: data } = header
  const signed = {
    newLocalExitRoot,
    importedBridgeExits: header.importedBridgeExits.map((witness) => witness.importedBridgeExit),
    height: header.height,
    aggchainParams: ZERO_HASH,
    certificateId: header.certificateId,
  }
  switch (data.type) {
    case 'legacyEcdsa':
      return versionSigned(data, signed)
    case 'multisigOnly':
      return committeeVersion(data.multisig, signed)
    case 'multisigAndAggchainProof':
      return committeeVersion(data.multisig, { ...signed, aggchainParams: data.aggchainParams })
  }
}

/** The commitments that a single signer may have signed, in the order in which they are tried. */
const commitments: readonly (readonly [
  (signed: SignedCertificate) => Hash32,
  PessimisticRootVersion,
])[] = [
  [signatureCommitmentV3, 'V3'],
  [signatureCommitmentV5, 'V3'],
  [signatureCommitmentV2, 'V2'],
]

function versionSigned(
  { signer, signature }: Extract<MultiBatchHeader['aggchainData'], { type: 'legacyEcdsa' }>,
  signed: SignedCertificate,
): Result<PessimisticRootVersion, ProofError> {
  const recover = signerRecovery(signature)
  for (const [commitment, version] of commitments) {
    const recovered = recover(commitment(signed))
    if (recovered === undefined) break
    if (bytesEqual(recovered, signer)) return ok(version)
  }
  return err({ code: 'InvalidSignature' })
}

function committeeVersion(
  multisig: MultiSignature,
  signed: SignedCertificate,
): Result<PessimisticRootVersion, ProofError> {
  const source = multisigError(multisig, signatureCommitmentV5(signed))
  return source === undefined ? ok('V3') : err({ code: 'InvalidMultisig', source })
}
