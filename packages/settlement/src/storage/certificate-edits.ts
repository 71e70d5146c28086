import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { Certificate, NetworkId } from '@zkstack/pessimistic-proof'
import {
  pendingHeader,
  type CertificateHeader,
  type CertificateStatus,
} from '../types/certificate-header.js'
import { certificateStatusError } from '../types/certificate-status-error.js'
import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'
import { be32 } from './keys.js'

/** Why an operator's edit is not made, nothing having been written. */
export type EditRefusal =
  | { readonly code: 'UnknownCertificate' | 'UnknownProof' }
  /** It is settled, or its height is: what L1 has cannot be edited here. */
  | { readonly code: 'Settled' }
  /** It does not stand in the queue, where alone its status has an effect. */
  | { readonly code: 'NotQueued' }
  /** It has another status than the edit starts from. */
  | { readonly code: 'WrongStatus'; readonly status: CertificateStatus['type'] }

/** What an edit writes, and the header that changes by it. */
export interface PlannedEdit {
  readonly changes: readonly BatchOperation[]
  readonly header: CertificateHeader
}

type Planned = Promise<Result<PlannedEdit, EditRefusal>>

/** A status that an operator may give. */
export type EditableStatus = Exclude<CertificateStatus, { readonly type: 'settled' }>

/** From which status to which. */
export interface StatusChange {
  readonly from: EditableStatus['type']
  readonly to: EditableStatus
}

/** The status of what an operator took away, or put aside. */
export function byAdministrator(message: string): EditableStatus {
  return { type: 'inError', error: certificateStatusError('InternalError', message) }
}

/** Puts a certificate into the queue, unchecked, in the place of the one at its height. */
export async function planPush(
  database: Database,
  certificate: Certificate,
  status: EditableStatus,
): Planned {
  const fresh = pendingHeader(certificate)
  const { networkId, height, certificateId } = fresh
  const at = { networkId, height }
  const known = await columns.headers.get(database, certificateId)
  const settled = await columns.settledIds.get(database, at)
  if (settled !== undefined || known?.status.type === 'settled') return err({ code: 'Settled' })
  const header = { ...(known ?? fresh), status }
  const newest = await columns.latestPending.get(database, networkId)
  const isNewest = newest === undefined || newest.height <= height
  const networkType = certificate.aggchainData.type
  const changes = [
    columns.pendingQueue.put(at, certificate),
    columns.pendingIds.put(at, certificateId),
    ...(await replacedChanges(database, header)),
    columns.headers.put(certificateId, header),
    columns.facts.put({ networkId, kind: 'networkType' }, { type: 'networkType', networkType }),
    ...(isNewest ? [columns.latestPending.put(networkId, { certificateId, height })] : []),
  ]
  return ok({ changes, header })
}

/** What becomes of the certificate whose place is taken. */
async function replacedChanges(
  database: Database,
  { networkId, height, certificateId }: CertificateHeader,
): Promise<BatchOperation[]> {
  const replaced = await columns.pendingIds.get(database, { networkId, height })
  if (replaced === undefined || bytesEqual(replaced, certificateId)) return []
  const header = await columns.headers.get(database, replaced)
  const status = byAdministrator('Replaced by administrator')
  const isLeft = header === undefined || header.status.type === 'inError'
  return [
    columns.proofs.del(replaced),
    ...(isLeft ? [] : [columns.headers.put(replaced, { ...header, status })]),
  ]
}

/** Gives a certificate in the queue another status; all the changes start from the one that it has. */
export async function planStatus(
  database: Database,
  certificateId: Hash32,
  wanted: readonly StatusChange[],
): Planned {
  const header = await queued(database, certificateId)
  if (!header.ok) return header
  const { type } = header.value.status
  if (wanted.some(({ from }) => from !== type)) return err({ code: 'WrongStatus', status: type })
  const edited = { ...header.value, status: wanted.at(-1)?.to ?? header.value.status }
  return ok({ changes: [columns.headers.put(certificateId, edited)], header: edited })
}

/** Makes a certificate in the queue the newest one that is pending, or proven, whatever its height. */
export async function planPointer(
  database: Database,
  certificateId: Hash32,
  pointer: 'latestPending' | 'latestProven',
): Planned {
  const header = await queued(database, certificateId)
  if (!header.ok) return header
  const { networkId, height } = header.value
  const changes = [columns[pointer].put(networkId, { certificateId, height })]
  return ok({ changes, header: header.value })
}

/** Takes a certificate out of the queue; its header says so. */
export async function planRemoval(
  database: Database,
  { networkId, height }: { readonly networkId: NetworkId; readonly height: bigint },
  o: { readonly removeProof: boolean },
): Planned {
  const certificateId = await columns.pendingIds.get(database, { networkId, height })
  const header = certificateId && (await columns.headers.get(database, certificateId))
  if (certificateId === undefined || header === undefined)
    return err({ code: 'UnknownCertificate' })
  const status = byAdministrator('Certificate removed from pending store by administrator')
  const edited = { ...header, status }
  const changes = [
    columns.pendingQueue.del({ networkId, height }),
    columns.pendingIds.del({ networkId, height }),
    columns.headers.put(certificateId, edited),
    ...(o.removeProof ? [columns.proofs.del(certificateId)] : []),
    ...(await pointersWithout(database, edited)),
  ]
  return ok({ changes, header: edited })
}

/** Pointers to a removed certificate go to the highest that is left. */
async function pointersWithout(
  database: Database,
  { networkId, certificateId }: CertificateHeader,
): Promise<BatchOperation[]> {
  const changes: BatchOperation[] = []
  for (const column of [columns.latestPending, columns.latestProven]) {
    const pointer = await column.get(database, networkId)
    if (pointer === undefined || !bytesEqual(pointer.certificateId, certificateId)) continue
    const left =
      column === columns.latestPending
        ? await highestLeft(database, { networkId, certificateId })
        : undefined
    changes.push(left === undefined ? column.del(networkId) : column.put(networkId, left))
  }
  return changes
}

/** What waits at the highest height of a network, but for one certificate. */
export async function highestLeft(
  database: Database,
  { networkId, certificateId: removed }: Pick<CertificateHeader, 'networkId' | 'certificateId'>,
): Promise<{ readonly certificateId: Hash32; readonly height: bigint } | undefined> {
  const range = { prefix: be32(networkId), reverse: true, limit: 2 }
  for await (const [{ height }, certificateId] of columns.pendingIds.entries(database, range))
    if (!bytesEqual(certificateId, removed)) return { certificateId, height }
  return undefined
}

/** Deletes the proof of a certificate that is not settled: it is proven again. */
export async function planProofRemoval(database: Database, certificateId: Hash32): Planned {
  const header = await columns.headers.get(database, certificateId)
  if (header === undefined) return err({ code: 'UnknownCertificate' })
  const proof = await columns.proofs.get(database, certificateId)
  if (proof === undefined) return err({ code: 'UnknownProof' })
  return ok({ changes: [columns.proofs.del(certificateId)], header })
}

async function queued(
  database: Database,
  certificateId: Hash32,
): Promise<Result<CertificateHeader, EditRefusal>> {
  const header = await columns.headers.get(database, certificateId)
  if (header === undefined) return err({ code: 'UnknownCertificate' })
  if (header.status.type === 'settled') return err({ code: 'Settled' })
  const { networkId, height } = header
  const atHeight = await columns.pendingIds.get(database, { networkId, height })
  return atHeight !== undefined && bytesEqual(atHeight, certificateId)
    ? ok(header)
    : err({ code: 'NotQueued' })
}
