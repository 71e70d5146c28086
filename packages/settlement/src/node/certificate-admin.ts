import { ok, type Hash32, type Result } from '@zkstack/crypto'
import type { Certificate, NetworkId } from '@zkstack/pessimistic-proof'
import type { SettlementEngine } from '../runner/settlement-engine.js'
import {
  planPointer,
  planProofRemoval,
  planPush,
  planRemoval,
  planStatus,
  type EditableStatus,
  type EditRefusal,
  type PlannedEdit,
  type StatusChange,
} from '../storage/certificate-edits.js'
import type { Database } from '../storage/database.js'
import type { SettlementStore } from '../storage/settlement-store.js'
import type { CertificateHeader } from '../types/certificate-header.js'

type Edited = Promise<Result<CertificateHeader, EditRefusal>>

/**
 * What operators do to a certificate that is stuck. Nothing of its network is under way while it is edited, and each edit is one
 * write; the network then begins again from what is stored. Nothing of it is checked against L1, which has the last word: what
 * it settled is found, and what it refuses fails.
 */
export interface CertificateAdmin {
  /** Puts a certificate into the queue, unchecked and whoever signed it, in the place of the one at its height. */
  push(certificate: Certificate, status: EditableStatus): Edited
  /** Changes the status of a certificate; with `processNow: false` its network rests until something else wakes it up. */
  edit(
    certificateId: Hash32,
    changes: readonly StatusChange[],
    o: { readonly processNow: boolean },
  ): Edited
  setLatestPending(certificateId: Hash32): Edited
  setLatestProven(certificateId: Hash32): Edited
  /** Takes the certificate at a height out of the queue. A transaction that it has already sent may settle it all the same. */
  remove(
    at: { readonly networkId: NetworkId; readonly height: bigint },
    o: { readonly removeProof: boolean },
  ): Edited
  /** Deletes a proof; a certificate that was not submitted to L1 yet is proven again. */
  removeProof(certificateId: Hash32): Edited
}

/** What a {@link CertificateAdmin} is made of. */
export interface CertificateAdminOptions {
  readonly engine: Pick<SettlementEngine, 'editNetwork'>
  readonly store: SettlementStore
  /** Told of each header that was edited. */
  readonly onEdited?: ((header: CertificateHeader) => void) | undefined
}

/** Makes the operators' part of a node. */
export function certificateAdmin({
  engine,
  store,
  onEdited,
}: CertificateAdminOptions): CertificateAdmin {
  const edit = async (
    networkId: NetworkId,
    plan: (database: Database) => Promise<Result<PlannedEdit, EditRefusal>>,
    o: { readonly resume: boolean } = { resume: true },
  ): Edited => {
    const done = await engine.editNetwork(networkId, () => store.edit(plan), o)
    if (!done.ok) return done
    onEdited?.(done.value.header)
    return ok(done.value.header)
  }
  const editOf = async (
    certificateId: Hash32,
    plan: (database: Database) => Promise<Result<PlannedEdit, EditRefusal>>,
    o?: { readonly resume: boolean },
  ): Edited => {
    const header = await store.header(certificateId)
    return header === undefined
      ? { ok: false, error: { code: 'UnknownCertificate' } }
      : edit(header.networkId, plan, o)
  }
  return {
    push: (certificate, status) =>
      edit(certificate.networkId, (database) => planPush(database, certificate, status)),
    edit: (id, changes, { processNow }) =>
      editOf(id, (database) => planStatus(database, id, changes), { resume: processNow }),
    setLatestPending: (id) => editOf(id, (database) => planPointer(database, id, 'latestPending')),
    setLatestProven: (id) => editOf(id, (database) => planPointer(database, id, 'latestProven')),
    remove: (at, o) => edit(at.networkId, (database) => planRemoval(database, at, o)),
    removeProof: (id) => editOf(id, (database) => planProofRemoval(database, id)),
  }
}
