import { ok, type Hash32, type Result } from '@zkstack/crypto'
import type { L1Signer } from '@zkstack/l1'
import {
  certificateId,
  signatureCommitmentV5,
  ZERO_HASH,
  type AggchainData,
  type CallOptions,
  type EcdsaSignature,
} from '@zkstack/pessimistic-proof'
import type { UnsignedCertificate } from './certificate-builder.js'

/** Why there is no signature: for now, or because it is refused. */
export interface CertificateSignerError {
  readonly message: string
  readonly retry: boolean
}

/** Vouches for certificates, with keys of the embedder. */
export interface CertificateSigner {
  sign(
    certificate: UnsignedCertificate,
    o: CallOptions,
  ): Promise<Result<AggchainData, CertificateSignerError>>
}

/** The trusted sequencer of a chain signs alone. */
export function sequencerSigner(signer: L1Signer): CertificateSigner {
  return {
    async sign(certificate, o) {
      const signature = await signer.signDigest(commitmentOf(certificate), o)
      return signature.ok ? ok({ type: 'ecdsa', signature: signature.value }) : signature
    },
  }
}

/**
 * A committee signs, as far as its members are given.
 * @param members in the order of `getAggchainSigners()`; `undefined` for those who do not sign
 */
export function committeeSigner(members: readonly (L1Signer | undefined)[]): CertificateSigner {
  return {
    async sign(certificate, o) {
      const commitment = commitmentOf(certificate)
      const multisig: (EcdsaSignature | undefined)[] = []
      for (const member of members) {
        const signature = await member?.signDigest(commitment, o)
        if (signature?.ok === false) return signature
        multisig.push(signature?.value)
      }
      return ok({ type: 'multisigOnly', multisig })
    },
  }
}

/** The commitment V5, which chains without an aggchain proof sign. */
function commitmentOf(certificate: UnsignedCertificate): Hash32 {
  // The id does not cover what vouches for the certificate.
  const aggchainData: AggchainData = { type: 'multisigOnly', multisig: [] }
  return signatureCommitmentV5({
    ...certificate,
    aggchainParams: ZERO_HASH,
    certificateId: certificateId({ ...certificate, aggchainData }),
  })
}
