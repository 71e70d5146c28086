import type { Hash32 } from '@zkstack/crypto'
import type { ImportedBridgeExit } from '../types/claim.js'
import {
  importedBridgeExitsCommitmentV2,
  importedBridgeExitsCommitmentV3,
} from './imported-bridge-exits-commitment.js'
import { Preimage } from './preimage.js'

/** What the commitments V2 and V3 are made of. */
export interface SignedTransition {
  /** The real root: that of an empty tree is not zero here. */
  readonly newLocalExitRoot: Hash32
  readonly importedBridgeExits: readonly ImportedBridgeExit[]
  /** Of the certificate: an unsigned 64-bit number. V2 leaves it out. */
  readonly height: bigint
}

/** What the commitment V5 is made of; V4 leaves out the certificate id. */
export interface SignedCertificate extends SignedTransition {
  /** Zero for a chain without aggchain proof. */
  readonly aggchainParams: Hash32
  readonly certificateId: Hash32
}

/** Signature commitment V2: keccak256 of new local exit root ‖ commitment V2 to the imported exits: 64 bytes. */
export function signatureCommitmentV2(signed: Omit<SignedTransition, 'height'>): Hash32 {
  return new Preimage(64)
    .bytes(signed.newLocalExitRoot)
    .bytes(importedBridgeExitsCommitmentV2(signed.importedBridgeExits))
    .keccak256()
}

/** Signature commitment V3: new local exit root ‖ commitment V3 to the imported exits ‖ u64 LE height: 72 bytes. */
export function signatureCommitmentV3(signed: SignedTransition): Hash32 {
  return writeV3(new Preimage(72), signed).keccak256()
}

/** Signature commitment V4, no longer in use: V3's preimage ‖ aggchain params: 104 bytes. */
export function signatureCommitmentV4(signed: Omit<SignedCertificate, 'certificateId'>): Hash32 {
  return writeV3(new Preimage(104), signed).bytes(signed.aggchainParams).keccak256()
}

/** Signature commitment V5: V3's preimage ‖ aggchain params ‖ certificate id: 136 bytes. */
export function signatureCommitmentV5(signed: SignedCertificate): Hash32 {
  return writeV3(new Preimage(136), signed)
    .bytes(signed.aggchainParams)
    .bytes(signed.certificateId)
    .keccak256()
}

function writeV3(preimage: Preimage, signed: SignedTransition): Preimage {
  return preimage
    .bytes(signed.newLocalExitRoot)
    .bytes(importedBridgeExitsCommitmentV3(signed.importedBridgeExits))
    .u64le(signed.height)
}
