import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { signatureCommitmentV5 } from '../hashes/signature-commitment.js'
import { multisigError } from '../transition/verify-multisig.js'
import { ZERO_HASH } from '../trees/empty-hashes.js'
import type { AggchainData, AggchainProof, Multisig } from '../types/aggchain-data.js'
import type { Certificate } from '../types/certificate.js'
import type { EcdsaSignature } from '../types/ecdsa-signature.js'
import type { ProofAggchainData } from '../types/multi-batch-header.js'
import type { AggchainDataError } from './certificate-error.js'
import type { AggchainContext } from './l1-context.js'

/** What a certificate brings, in the variants of the proof. */
type Payload =
  | { readonly type: 'legacyEcdsa'; readonly signature: EcdsaSignature }
  | { readonly type: 'multisigOnly'; readonly multisig: Multisig }
  | {
      readonly type: 'multisigAndAggchainProof'
      readonly multisig: Multisig
      readonly aggchainProof: AggchainProof
    }

/**
 * Joins what the chain says with what L1 says about the chain. Signatures of a committee are verified here already, that of a
 * single signer in the proof alone.
 */
export function joinAggchainData(
  certificate: Certificate,
  certificateId: Hash32,
  context: AggchainContext,
): Result<ProofAggchainData, AggchainDataError> {
  const payload = payloadOf(certificate.aggchainData)
  if (!payload.ok) return payload
  const joined = join(payload.value, context)
  if (!joined.ok || joined.value.type === 'legacyEcdsa') return joined
  const { value: data } = joined
  const commitment = signatureCommitmentV5({
    newLocalExitRoot: certificate.newLocalExitRoot,
    importedBridgeExits: certificate.importedBridgeExits,
    height: certificate.height,
    aggchainParams: data.type === 'multisigOnly' ? ZERO_HASH : data.aggchainParams,
    certificateId,
  })
  const source = multisigError(data.multisig, commitment)
  return source === undefined ? joined : err({ code: 'InvalidMultisig', source })
}

/** An older chain's one signature is a committee's. */
function payloadOf(data: AggchainData): Result<Payload, AggchainDataError> {
  switch (data.type) {
    case 'ecdsa':
      return ok({ type: 'legacyEcdsa', signature: data.signature })
    case 'generic': {
      const { aggchainProof, signature } = data
      if (signature === undefined) return err({ code: 'MissingSignature' })
      return ok({ type: 'multisigAndAggchainProof', multisig: [signature], aggchainProof })
    }
    case 'multisigOnly':
    case 'multisigAndAggchainProof':
      return ok(data)
  }
}

function join(
  payload: Payload,
  context: AggchainContext,
): Result<ProofAggchainData, AggchainDataError> {
  if (payload.type === 'legacyEcdsa' && context.type === 'legacyEcdsa') {
    return ok({ type: 'legacyEcdsa', signer: context.signer, signature: payload.signature })
  }
  if (payload.type === 'multisigOnly' && context.type === 'multisigOnly') {
    return ok({ type: 'multisigOnly', multisig: committee(payload.multisig, context) })
  }
  const hasProof = payload.type === 'multisigAndAggchainProof'
  if (hasProof && context.type === 'multisigAndAggchainProof') {
    return ok({
      type: 'multisigAndAggchainProof',
      multisig: committee(payload.multisig, context),
      aggchainParams: payload.aggchainProof.aggchainParams,
      aggchainVkey: context.aggchainVkey,
    })
  }
  return err({ code: 'InvalidVariant', payload: payload.type, context: context.type })
}

function committee(
  signatures: Multisig,
  { signers, threshold }: Exclude<AggchainContext, { type: 'legacyEcdsa' }>,
): Extract<ProofAggchainData, { type: 'multisigOnly' }>['multisig'] {
  return { signatures, expectedSigners: signers, threshold }
}
