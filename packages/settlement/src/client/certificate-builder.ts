import { bytesEqual, err, ok, toHex, type Result } from '@zkstack/crypto'
import {
  hashBridgeExit,
  inclusionRoot,
  type Certificate,
  type ImportedBridgeExit,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import { encodeCertificateMetadata } from './certificate-metadata.js'
import type { CertificatePlace } from './certificate-place.js'
import { defaultMaxCertificateBytes, planRange } from './certificate-range.js'
import type { CertificateRange, CollectedClaim } from './client-records.js'
import type { ClientStore } from './client-store.js'
import type { ClaimedExit } from './exit-source.js'
import type { L1BridgeIndex } from './l1-bridge-index.js'

/** A certificate without what vouches for it. */
export type UnsignedCertificate = Omit<Certificate, 'aggchainData'>

/** A certificate to sign, and what it covers. */
export interface BuiltCertificate {
  readonly certificate: UnsignedCertificate
  readonly range: CertificateRange
}

/** Where a certificate begins. */
export type RangeStart = Pick<CertificateRange, 'fromBlock' | 'firstExit' | 'firstClaim'>

/** The chain and its previous certificate do not fit together. */
export interface CertificateBuildError {
  readonly code: 'PrevLocalExitRootMismatch'
  readonly message: string
}

/** What a {@link CertificateBuilder} needs. */
export interface CertificateBuilderOptions {
  readonly networkId: NetworkId
  readonly store: ClientStore
  readonly index: L1BridgeIndex
  /** Default: {@link defaultMaxCertificateBytes}. */
  readonly maxBytes?: number | undefined
  /** For the chain's contract on L1; default: nothing. */
  readonly customChainData?: Uint8Array | undefined
}

/** Makes certificates of what was collected: whole blocks, with claims proven under one root of the L1 info tree. */
export class CertificateBuilder {
  readonly #o: CertificateBuilderOptions

  constructor(o: CertificateBuilderOptions) {
    this.#o = o
  }

  /** The next certificate; `undefined`: there is nothing to certify yet. */
  async build(
    place: CertificatePlace,
    start: RangeStart,
    o: { readonly attempt: number; readonly nowMs: number },
  ): Promise<Result<BuiltCertificate | undefined, CertificateBuildError>> {
    const { networkId, store, index, customChainData = new Uint8Array(0) } = this.#o
    const { collected, exitTree } = store
    const before = exitTree.rootAt(start.firstExit)
    if (!before.ok || !bytesEqual(before.value, place.prevLocalExitRoot)) {
      const message = `${start.firstExit} exits do not lead to the local exit root ${toHex(place.prevLocalExitRoot)}`
      return err({ code: 'PrevLocalExitRootMismatch', message })
    }
    const exits = await store.exits(start.firstExit, collected.exits)
    const claims = await store.claims(start.firstClaim, collected.claims)
    const { leafCount } = index
    const planned = planRange({
      exits: exits.map(({ block }) => block),
      claims: claims.map((record) => ({
        block: record.block,
        isProvable: this.#isProvable(record),
      })),
      lastBlock: collected.nextBlock - 1n,
      maxBytes: this.#o.maxBytes ?? defaultMaxCertificateBytes,
    })
    if (planned === undefined) return ok(undefined)
    const range: CertificateRange = {
      ...start,
      toBlock: planned.toBlock,
      endExit: start.firstExit + planned.exits,
      endClaim: start.firstClaim + planned.claims,
    }
    const after = exitTree.rootAt(range.endExit)
    const imported = claims
      .slice(0, planned.claims)
      .map(({ claim }) => importedExit(index, claim, leafCount))
    const importedBridgeExits = imported.filter((exit) => exit !== undefined)
    if (!after.ok || importedBridgeExits.length < imported.length) return ok(undefined)
    const { attempt, nowMs } = o
    const createdAt = Math.floor(nowMs / 1000)
    const { fromBlock, toBlock } = range
    const certificate: UnsignedCertificate = {
      networkId,
      ...place,
      newLocalExitRoot: after.value,
      bridgeExits: exits.slice(0, planned.exits).map(({ exit }) => exit),
      importedBridgeExits,
      metadata: encodeCertificateMetadata({ fromBlock, toBlock, createdAt, attempt }),
      customChainData,
      l1InfoTreeLeafCount: importedBridgeExits.length === 0 ? undefined : leafCount,
    }
    return ok({ certificate, range })
  }

  /** Whether the global exit root that a claim was made under is a leaf of the L1 info tree. */
  #isProvable({ claim }: CollectedClaim): boolean {
    return this.#o.index.infoLeaf(claim.mainnetExitRoot, claim.rollupExitRoot) !== undefined
  }
}

/** A claim with its proof under the root of the L1 info tree that had so many leaves. */
function importedExit(
  index: L1BridgeIndex,
  claim: ClaimedExit,
  leafCount: number,
): ImportedBridgeExit | undefined {
  const { bridgeExit, globalIndex, mainnetExitRoot: mer, rollupExitRoot: rer } = claim
  const l1Leaf = index.infoLeaf(mer, rer)
  const proofGerL1root = l1Leaf && index.infoProof(l1Leaf.l1InfoTreeIndex, leafCount)
  if (l1Leaf === undefined || proofGerL1root === undefined) return undefined
  const leaf = { l1Leaf, proofGerL1root }
  if (globalIndex.mainnetFlag) {
    const proofLeafMer = { siblings: claim.smtProofLocalExitRoot, root: mer }
    return { bridgeExit, globalIndex, claimData: { type: 'mainnet', proofLeafMer, ...leaf } }
  }
  const localExitRoot = inclusionRoot(
    hashBridgeExit(bridgeExit),
    globalIndex.leafIndex,
    claim.smtProofLocalExitRoot,
  )
  if (localExitRoot === undefined) return undefined
  const proofLeafLer = { siblings: claim.smtProofLocalExitRoot, root: localExitRoot }
  const proofLerRer = { siblings: claim.smtProofRollupExitRoot, root: rer }
  return {
    bridgeExit,
    globalIndex,
    claimData: { type: 'rollup', proofLeafLer, proofLerRer, ...leaf },
  }
}
