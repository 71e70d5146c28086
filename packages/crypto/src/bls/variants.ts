import { domains } from '../domains.js'
import type { BlsVariant } from './backend.js'

/** Era's variant: 48-byte signatures in G1, 96-byte keys in G2. */
export const minSigVariant = {
  id: 0,
  name: 'bls12_381',
  publicKeyBytes: 96,
  signatureBytes: 48,
  signatureDomain: domains.blsMinSigSignature,
  possessionDomain: domains.blsMinSigPossession,
} as const satisfies BlsVariant

/** Ethereum's variant: 96-byte signatures in G2, 48-byte keys in G1. */
export const minPkVariant = {
  id: 1,
  name: 'bls12_381_min_pk',
  publicKeyBytes: 48,
  signatureBytes: 96,
  signatureDomain: domains.blsMinPkSignature,
  possessionDomain: domains.blsMinPkPossession,
} as const satisfies BlsVariant
