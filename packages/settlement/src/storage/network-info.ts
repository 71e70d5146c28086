import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { NetworkInfo, NetworkStatus } from '../types/network-info.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import { columns } from './columns.js'
import type { Database } from './database.js'

/** Everything about a network at a glance; `undefined` if it never submitted anything and is not disabled. */
export async function readNetworkInfo(
  database: Database,
  networkId: NetworkId,
): Promise<NetworkInfo | undefined> {
  const type = await columns.facts.get(database, { networkId, kind: 'networkType' })
  const disabled = await columns.disabledNetworks.get(database, networkId)
  if (type === undefined && disabled === undefined) return undefined
  const settled = await columns.latestSettled.get(database, networkId)
  const head = await columns.stateHeads.get(database, networkId)
  const claim = await columns.facts.get(database, { networkId, kind: 'settledClaim' })
  const pending = await columns.latestPending.get(database, networkId)
  const header = pending && (await columns.headers.get(database, pending.certificateId))
  return {
    networkStatus: disabled === undefined ? statusOf(header, settled !== undefined) : 'disabled',
    networkType: type?.type === 'networkType' ? type.networkType : 'unspecified',
    networkId,
    settledHeight: settled?.height,
    settledCertificateId: settled?.certificateId,
    settledPpRoot: head?.pessimisticRoot,
    settledLer: head?.commitment.exitRoot,
    settledLetLeafCount: head && BigInt(head.commitment.lerLeafCount),
    settledClaim: claim?.type === 'settledClaim' ? claim.claim : undefined,
    latestPendingHeight: header?.height,
    latestPendingStatus: header?.status.type,
    latestPendingError: header?.status.type === 'inError' ? header.status.error : undefined,
    latestEpochWithSettlement: settled?.epoch,
    latestPendingCertificateId: header?.certificateId,
  }
}

function statusOf(header: CertificateHeader | undefined, hasSettled: boolean): NetworkStatus {
  if (header === undefined) return hasSettled ? 'active' : 'unspecified'
  return header.status.type === 'inError' ? 'error' : 'active'
}

/** The headers that a client asks for. */
export interface LatestHeaders {
  /** The newest certificate that is not settled. */
  readonly pending: CertificateHeader | undefined
  readonly settled: CertificateHeader | undefined
  /** The higher of both. */
  readonly known: CertificateHeader | undefined
}

/** The newest certificates of a network. */
export async function readLatestHeaders(
  database: Database,
  networkId: NetworkId,
): Promise<LatestHeaders> {
  const pointer = await columns.latestPending.get(database, networkId)
  const latest = await columns.latestSettled.get(database, networkId)
  const pending = pointer && (await columns.headers.get(database, pointer.certificateId))
  const settled = latest && (await columns.headers.get(database, latest.certificateId))
  return { pending, settled, known: pending ?? settled }
}
