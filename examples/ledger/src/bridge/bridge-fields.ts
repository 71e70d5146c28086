import { copy, nonEmpty, withoutUndefined } from '../canonical-fields.js'
import type { zkstack } from '../proto/generated.js'

type ExitMessage = zkstack.example.ledger.Exit.$Properties
type ClaimMessage = zkstack.example.ledger.Claim.$Properties

/** Where an amount leaves for. */
export interface ExitFields {
  readonly destNetwork: number
  /** 20 bytes. */
  readonly destAddress: Uint8Array
}

/** Ether that left another network, and the proof that it did. */
export interface ClaimFields {
  /** 32 bytes, big-endian: wei. */
  readonly amount: Uint8Array
  /** It left L1. */
  readonly mainnet: boolean
  /** The network that it left, less one; 0 for L1. */
  readonly rollupIndex: number
  readonly leafIndex: number
  /** 32 digests, one after another. */
  readonly localExitProof: Uint8Array
  /** 32 digests, one after another; empty for L1. */
  readonly rollupExitProof: Uint8Array
  /** 32 bytes. */
  readonly mainnetExitRoot: Uint8Array
  /** 32 bytes. */
  readonly rollupExitRoot: Uint8Array
}

const digestBytes = 32
const proofBytes = 32 * digestBytes

/** An exit as its message takes it. */
export const exitMessage = ({ destNetwork, destAddress }: ExitFields) =>
  withoutUndefined({
    destNetwork: destNetwork === 0 ? undefined : destNetwork,
    destAddress: nonEmpty(destAddress),
  })

/** A claim as its message takes it. */
export const claimMessage = (claim: ClaimFields) =>
  withoutUndefined({
    amount: nonEmpty(claim.amount),
    mainnet: claim.mainnet ? true : undefined,
    rollupIndex: claim.rollupIndex === 0 ? undefined : claim.rollupIndex,
    leafIndex: claim.leafIndex === 0 ? undefined : claim.leafIndex,
    localExitProof: nonEmpty(claim.localExitProof),
    rollupExitProof: nonEmpty(claim.rollupExitProof),
    mainnetExitRoot: nonEmpty(claim.mainnetExitRoot),
    rollupExitRoot: nonEmpty(claim.rollupExitRoot),
  })

/** What a decoded message says. */
export const exitFields = ({ destNetwork, destAddress }: ExitMessage): ExitFields => ({
  destNetwork: destNetwork ?? 0,
  destAddress: copy(destAddress ?? []),
})

/** What a decoded message says. */
export const claimFields = (m: ClaimMessage): ClaimFields => ({
  amount: copy(m.amount ?? []),
  mainnet: m.mainnet ?? false,
  rollupIndex: m.rollupIndex ?? 0,
  leafIndex: m.leafIndex ?? 0,
  localExitProof: copy(m.localExitProof ?? []),
  rollupExitProof: copy(m.rollupExitProof ?? []),
  mainnetExitRoot: copy(m.mainnetExitRoot ?? []),
  rollupExitRoot: copy(m.rollupExitRoot ?? []),
})

/** Whether the lengths are right. */
export const isExit = ({ destAddress }: ExitFields): boolean => destAddress.length === 20

/** Whether the lengths are right, and an exit of L1 has one form only: it must not be claimed twice under two names. */
export function isClaim(claim: ClaimFields): boolean {
  const { mainnet, rollupIndex, rollupExitProof } = claim
  return (
    claim.amount.length === digestBytes &&
    claim.localExitProof.length === proofBytes &&
    rollupExitProof.length === (mainnet ? 0 : proofBytes) &&
    (!mainnet || rollupIndex === 0) &&
    claim.mainnetExitRoot.length === digestBytes &&
    claim.rollupExitRoot.length === digestBytes
  )
}
