import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import {
  hashBridgeExit,
  stateCommitment,
  type Certificate,
  type LocalNetworkState,
} from '@zkstack/pessimistic-proof'
import { assignCertificate, type EpochError, type OpenEpoch } from '../epochs/open-epoch.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import { highestLeft } from './certificate-edits.js'
import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'
import { checkpointChanges } from './epoch-records.js'
import { openNetworkTrees, sameCommitment, stateChanges } from './network-trees.js'
import { brokenInvariant } from './settlement-storage-error.js'

/** A certificate that L1 settled, with what it does to its network. */
export interface FinaliseRequest {
  readonly certificateId: Hash32
  readonly settlementTxHash: Hash32 | undefined
  /** The state that is stored. */
  readonly before: LocalNetworkState
  /** The state that the certificate leads to. */
  readonly after: LocalNetworkState
  /** What L1 holds now. */
  readonly newPessimisticRoot: Hash32
}

/** Where a settled certificate stands. */
export interface Finalised {
  readonly epoch: bigint
  readonly index: bigint
}

/** The one batch that settles a certificate, and the open epoch after it. */
export interface FinalisePlan {
  readonly changes: readonly BatchOperation[]
  readonly epoch: OpenEpoch
  readonly finalised: Finalised
}

/**
 * Plans what settles a certificate.
 * @throws SettlementStorageError `STORAGE_INVARIANT` when states, roots and counts do not fit what is stored.
 */
export async function finaliseChanges(
  database: Database,
  request: FinaliseRequest,
  { header, epoch }: { readonly header: CertificateHeader; readonly epoch: OpenEpoch },
): Promise<Result<FinalisePlan, EpochError>> {
  const { networkId, height, certificateId } = header
  const certificate = await columns.pendingQueue.get(database, { networkId, height })
  if (certificate === undefined) throw brokenInvariant(`${networkId}/${height} is not queued`)
  const latest = await columns.latestSettled.get(database, networkId)
  const assigned = assignCertificate(epoch, { networkId, height, latestSettled: latest?.height })
  if (!assigned.ok) return err(assigned.error)
  await checkState(database, request, certificate)
  const { index } = assigned.value
  const proof = await columns.proofs.get(database, certificateId)
  const at = { epoch: epoch.number, index }
  const settled: CertificateHeader = {
    ...header,
    status: { type: 'settled' },
    epochNumber: epoch.number,
    certificateIndex: index,
    settlementTxHash: request.settlementTxHash ?? header.settlementTxHash,
  }
  const changes = [
    columns.headers.put(certificateId, settled),
    columns.settledIds.put({ networkId, height }, certificateId),
    columns.latestSettled.put(networkId, { certificateId, height, ...at }),
    ...(await stateChanges(networkId, request)),
    columns.stateHeads.put(networkId, {
      settledHeight: height,
      pessimisticRoot: request.newPessimisticRoot,
      commitment: stateCommitment(request.after),
    }),
    columns.epochCertificates.put(at, certificate),
    ...(proof === undefined ? [] : [columns.epochProofs.put(at, proof)]),
    ...checkpointChanges(assigned.value.epoch, networkId),
    columns.pendingQueue.del({ networkId, height }),
    columns.pendingIds.del({ networkId, height }),
    columns.proofs.del(certificateId),
    ...claimChanges(certificate),
    ...(await pointerChanges(database, settled)),
  ]
  return ok({ changes, epoch: assigned.value.epoch, finalised: at })
}

async function checkState(
  database: Database,
  { before, after }: FinaliseRequest,
  certificate: Certificate,
): Promise<void> {
  const { networkId, bridgeExits, prevLocalExitRoot, newLocalExitRoot } = certificate
  const { state } = await openNetworkTrees(database, networkId)
  if (!sameCommitment(stateCommitment(state), stateCommitment(before)))
    throw brokenInvariant(`network ${networkId}: the state before is not the stored one`)
  const added = after.exitTree.leafCount - before.exitTree.leafCount
  if (added !== bridgeExits.length)
    throw brokenInvariant(
      `network ${networkId}: ${added} leaves for ${bridgeExits.length} bridge exits`,
    )
  const isBetween =
    bytesEqual(before.exitTree.root, prevLocalExitRoot) &&
    bytesEqual(after.exitTree.root, newLocalExitRoot)
  if (!isBetween)
    throw brokenInvariant(`network ${networkId}: the exit roots are not the certificate's`)
}

/** The last claim, if there is one. */
function claimChanges({ networkId, importedBridgeExits }: Certificate): BatchOperation[] {
  const last = importedBridgeExits.at(-1)
  if (last === undefined) return []
  const { globalIndex, bridgeExit } = last
  const claim = { globalIndex, bridgeExitHash: hashBridgeExit(bridgeExit) }
  const key = { networkId, kind: 'settledClaim' } as const
  return [columns.facts.put(key, { type: 'settledClaim', claim })]
}

/** Pointers to what is not settled: to what is left above, whatever an operator had them point at. */
async function pointerChanges(
  database: Database,
  settled: CertificateHeader,
): Promise<BatchOperation[]> {
  const { networkId, height } = settled
  const changes: BatchOperation[] = []
  const proven = await columns.latestProven.get(database, networkId)
  if (proven !== undefined && proven.height <= height)
    changes.push(columns.latestProven.del(networkId))
  const pending = await columns.latestPending.get(database, networkId)
  if (pending === undefined || pending.height > height) return changes
  const left = await highestLeft(database, settled)
  const { latestPending } = columns
  return [...changes, left ? latestPending.put(networkId, left) : latestPending.del(networkId)]
}
