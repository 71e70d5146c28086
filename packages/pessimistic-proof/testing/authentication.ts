import type { Hash32 } from '@zkstack/crypto'
import { certificateId } from '../src/hashes/certificate-id.js'
import {
  signatureCommitmentV2,
  signatureCommitmentV3,
  signatureCommitmentV5,
} from '../src/hashes/signature-commitment.js'
import { ZERO_HASH } from '../src/trees/empty-hashes.js'
import type { AggchainData, AggchainProof } from '../src/types/aggchain-data.js'
import type { Certificate } from '../src/types/certificate.js'
import type { AggchainContext } from '../src/witness/l1-context.js'
import type { Wallet } from './wallet.js'

/** How a test network vouches for its certificates. */
export type Authentication =
  | { readonly type: 'ecdsa'; readonly wallet: Wallet; readonly commitment: 'V2' | 'V3' | 'V5' }
  | {
      readonly type: 'multisig'
      readonly wallets: readonly Wallet[]
      readonly threshold: number
      /** Also brings a proof, whose STARK is empty: natively it is not verified. */
      readonly aggchain?: { readonly vkey: Hash32; readonly params: Hash32 }
    }

/** What L1 says about a network that vouches so. */
export function aggchainContext(authentication: Authentication): AggchainContext {
  if (authentication.type === 'ecdsa') {
    return { type: 'legacyEcdsa', signer: authentication.wallet.address }
  }
  const signers = authentication.wallets.map(({ address }) => address)
  const threshold = BigInt(authentication.threshold)
  const { aggchain } = authentication
  return aggchain === undefined
    ? { type: 'multisigOnly', signers, threshold }
    : { type: 'multisigAndAggchainProof', signers, threshold, aggchainVkey: aggchain.vkey }
}

/** The certificate, signed; a committee signs with as many as needed, the last ones, so that the first entries are absent. */
export function signCertificate(
  certificate: Omit<Certificate, 'aggchainData'>,
  authentication: Authentication,
): Certificate {
  const unsigned: Certificate = {
    ...certificate,
    aggchainData: { type: 'multisigOnly', multisig: [] },
  }
  return { ...certificate, aggchainData: aggchainDataFor(unsigned, authentication) }
}

function aggchainDataFor(certificate: Certificate, authentication: Authentication): AggchainData {
  const signed = {
    ...certificate,
    aggchainParams: ZERO_HASH,
    certificateId: certificateId(certificate),
  }
  if (authentication.type === 'ecdsa') {
    const commitments = {
      V2: signatureCommitmentV2,
      V3: signatureCommitmentV3,
      V5: signatureCommitmentV5,
    }
    const commitment = commitments[authentication.commitment](signed)
    return { type: 'ecdsa', signature: authentication.wallet.sign(commitment) }
  }
  const { aggchain, wallets, threshold } = authentication
  const aggchainParams = aggchain?.params ?? ZERO_HASH
  const commitment = signatureCommitmentV5({ ...signed, aggchainParams })
  const absent = wallets.length - threshold
  const multisig = wallets.map((wallet, i) => (i < absent ? undefined : wallet.sign(commitment)))
  if (aggchain === undefined) return { type: 'multisigOnly', multisig }
  return { type: 'multisigAndAggchainProof', multisig, aggchainProof: emptyProof(aggchainParams) }
}

function emptyProof(aggchainParams: Hash32): AggchainProof {
  const proof = { proof: new Uint8Array(0), vkey: new Uint8Array(0), version: 'v6.0.0' }
  return { proof, aggchainParams, publicValues: undefined }
}
