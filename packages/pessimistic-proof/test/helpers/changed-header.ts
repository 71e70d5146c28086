import type { Hash32 } from '@zkstack/crypto'
import { expect } from 'vitest'
import {
  generatePessimisticProof,
  type Claim,
  type ImportedBridgeExit,
  type MerkleProof,
  type MultiBatchHeader,
  type NetworkState,
  type ProofError,
} from '../../src/index.js'
import { filled } from './hex.js'
import { errorOf } from './value-of.js'

/** The header with one import changed. */
export function withImport(
  header: MultiBatchHeader,
  at: number,
  change: (imported: ImportedBridgeExit) => Partial<ImportedBridgeExit>,
): MultiBatchHeader {
  const witness = header.importedBridgeExits[at]
  if (witness === undefined) throw new Error(`no import ${at}`)
  const importedBridgeExit = {
    ...witness.importedBridgeExit,
    ...change(witness.importedBridgeExit),
  }
  const importedBridgeExits = header.importedBridgeExits.with(at, {
    ...witness,
    importedBridgeExit,
  })
  return { ...header, importedBridgeExits }
}

/** The header with one claim changed. */
export function withClaim(
  header: MultiBatchHeader,
  at: number,
  change: (claim: Claim) => Claim,
): MultiBatchHeader {
  return withImport(header, at, ({ claimData }) => ({ claimData: change(claimData) }))
}

/** The claim with its L1 info leaf changed. */
export function withLeaf(claim: Claim, change: Partial<Claim['l1Leaf']>): Claim {
  return { ...claim, l1Leaf: { ...claim.l1Leaf, ...change } }
}

/** The claim with what L1 hashes changed. */
export function withInner(claim: Claim, change: Partial<Claim['l1Leaf']['inner']>): Claim {
  return withLeaf(claim, { inner: { ...claim.l1Leaf.inner, ...change } })
}

/** The proof with one sibling changed. */
export function withSibling(proof: MerkleProof, at = 3): MerkleProof {
  return { ...proof, siblings: proof.siblings.with(at, filled(0xee)) }
}

/** The claim as one from L1. */
export function mainnet(claim: Claim): Extract<Claim, { type: 'mainnet' }> {
  if (claim.type !== 'mainnet') throw new Error('not from mainnet')
  return claim
}

/** The claim as one from a rollup. */
export function rollup(claim: Claim): Extract<Claim, { type: 'rollup' }> {
  if (claim.type !== 'rollup') throw new Error('not from a rollup')
  return claim
}

/** The header with one nullifier path changed. */
export function withNullifierPath(
  header: MultiBatchHeader,
  at: number,
  path: readonly Hash32[],
): MultiBatchHeader {
  const witness = header.importedBridgeExits[at]
  if (witness === undefined) throw new Error(`no import ${at}`)
  return {
    ...header,
    importedBridgeExits: header.importedBridgeExits.with(at, { ...witness, nullifierPath: path }),
  }
}

/** The header with its first balance proof changed. */
export function withBalance(
  header: MultiBatchHeader,
  change: Partial<MultiBatchHeader['balancesProofs'][number]>,
): MultiBatchHeader {
  const [first, ...others] = header.balancesProofs
  if (first === undefined) throw new Error('no balance')
  return { ...header, balancesProofs: [{ ...first, ...change }, ...others] }
}

/** The header with its first exit changed. */
export function withExit(
  header: MultiBatchHeader,
  change: Partial<MultiBatchHeader['bridgeExits'][number]>,
): MultiBatchHeader {
  const [first, ...others] = header.bridgeExits
  if (first === undefined) throw new Error('no exit')
  return { ...header, bridgeExits: [{ ...first, ...change }, ...others] }
}

/** Expects the error of the header, and the state as it was. */
export function expectError(
  state: NetworkState,
  header: MultiBatchHeader,
  error: ProofError,
): void {
  const before = structuredClone({ ...state, exitTree: { ...state.exitTree } })
  expect(errorOf(generatePessimisticProof(state, header))).toEqual(error)
  expect(structuredClone({ ...state, exitTree: { ...state.exitTree } })).toEqual(before)
}
