import type { Hash32 } from '@zkstack/crypto'
import { certificateId, type Certificate, type NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificateStatusError } from './certificate-status-error.js'

/**
 * Where a certificate stands:
 *
 * - `pending`: accepted, and waiting for its turn or its proof.
 * - `proven`: its proof is stored.
 * - `candidate`: a settlement job brings it to L1.
 * - `settled`: on L1, final, and in an epoch. It never changes again.
 * - `inError`: it failed; only another certificate of the same height helps, or L1 turning out to have it.
 */
export type CertificateStatus =
  | { readonly type: 'pending' | 'proven' | 'candidate' | 'settled' }
  | { readonly type: 'inError'; readonly error: CertificateStatusError }

/**
 * What is known about a certificate, without its exits.
 * @see agglayer crates/agglayer-types/src/certificate/header.rs
 */
export interface CertificateHeader {
  readonly networkId: NetworkId
  /** Unsigned 64-bit number. */
  readonly height: bigint
  /** Unsigned 64-bit number; known once settled. */
  readonly epochNumber: bigint | undefined
  /** Place within the epoch, from 0; known once settled. */
  readonly certificateIndex: bigint | undefined
  readonly certificateId: Hash32
  readonly prevLocalExitRoot: Hash32
  readonly newLocalExitRoot: Hash32
  readonly metadata: Hash32
  readonly status: CertificateStatus
  /** Hash of the L1 transaction that settled it. */
  readonly settlementTxHash: Hash32 | undefined
}

/** The header of a certificate that was just accepted. */
export function pendingHeader(certificate: Certificate): CertificateHeader {
  const { networkId, height, prevLocalExitRoot, newLocalExitRoot, metadata } = certificate
  return {
    networkId,
    height,
    epochNumber: undefined,
    certificateIndex: undefined,
    certificateId: certificateId(certificate),
    prevLocalExitRoot,
    newLocalExitRoot,
    metadata,
    status: { type: 'pending' },
    settlementTxHash: undefined,
  }
}
