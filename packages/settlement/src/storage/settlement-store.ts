import { Semaphore } from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { BatchOperation as JobBatchOperation, JobId } from '@zkstack/l1'
import {
  loadForCertificate,
  type Certificate,
  type LocalNetworkState,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import type { StoredCertificate } from '../certificates/network-state.js'
import { certificatesInEpoch, emptyEpoch, type OpenEpoch } from '../epochs/open-epoch.js'
import { planEpochs, type EpochWentBack } from '../epochs/plan-epochs.js'
import { pendingHeader, type CertificateHeader } from '../types/certificate-header.js'
import type { CertificateStatusError } from '../types/certificate-status-error.js'
import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'
import { readEpoch } from './epoch-records.js'
import { finaliseChanges, type FinaliseRequest, type Finalised } from './finalise-changes.js'
import { migrate } from './migrate.js'
import { networkNodeStore, openNetworkTrees } from './network-trees.js'
import { newPessimisticRootOf, type ClockRecord, type StoredProof } from './records.js'
import { brokenInvariant, corruptRecord } from './settlement-storage-error.js'
import type { StoreRefusal } from './store-refusal.js'

/** What of a network is settled, for its machine to start from. */
export interface SettledNetwork {
  readonly networkId: NetworkId
  readonly nextHeight: bigint
  readonly settledRoot: Hash32 | undefined
  readonly isDisabled: boolean
  readonly epoch: bigint
  readonly settledIn: { readonly epoch: bigint; readonly count: bigint } | undefined
}

/** What is stored besides with a certificate that is accepted. */
export interface AcceptOptions {
  /** The header that the decision was made about; `undefined`: none was known for the height. */
  readonly judged: CertificateHeader | undefined
  /** Whether to keep a copy for ever, whatever becomes of it. */
  readonly debug?: boolean
}

/**
 * All that a settlement node must not forget, in one database. Every method that changes something makes one atomic, durable write,
 * and writes are made one after another.
 */
export class SettlementStore {
  readonly database: Database
  readonly #turn = new Semaphore(1)
  #epoch: OpenEpoch | undefined

  private constructor(database: Database) {
    this.database = database
  }

  /** Opens the store in a database, which is brought to the newest version. @throws SettlementStorageError `STORAGE_SCHEMA` */
  static async open(database: Database): Promise<SettlementStore> {
    await migrate(database)
    return new SettlementStore(database)
  }

  /** The header of a certificate. */
  header(certificateId: Hash32): Promise<CertificateHeader | undefined> {
    return columns.headers.get(this.database, certificateId)
  }

  /** The certificate that waits, or failed, at a height. */
  pendingCertificate(networkId: NetworkId, height: bigint): Promise<Certificate | undefined> {
    return columns.pendingQueue.get(this.database, { networkId, height })
  }

  /** The header of the certificate at a height, settled or not. */
  async headerAt(networkId: NetworkId, height: bigint): Promise<CertificateHeader | undefined> {
    const at = { networkId, height }
    const id =
      (await columns.pendingIds.get(this.database, at)) ??
      (await columns.settledIds.get(this.database, at))
    return id === undefined ? undefined : this.header(id)
  }

  /** The proof of a certificate that is proven and not settled. */
  proof(certificateId: Hash32): Promise<StoredProof | undefined> {
    return columns.proofs.get(this.database, certificateId)
  }

  /** The settlement job of a certificate. */
  jobOf(certificateId: Hash32): Promise<JobId | undefined> {
    return columns.jobOfCertificate.get(this.database, certificateId)
  }

  /** The certificate that a settlement job settles. */
  certificateOf(jobId: JobId): Promise<Hash32 | undefined> {
    return columns.certificateOfJob.get(this.database, jobId)
  }

  /** Networks with certificates that are not settled, whatever their status. */
  async networksWithCertificates(): Promise<NetworkId[]> {
    const networks: NetworkId[] = []
    for await (const [networkId] of columns.latestPending.entries(this.database))
      networks.push(networkId)
    return networks
  }

  /** What of a network is settled. */
  async settledNetwork(networkId: NetworkId): Promise<SettledNetwork> {
    const settled = await columns.latestSettled.get(this.database, networkId)
    const head = await columns.stateHeads.get(this.database, networkId)
    const disabled = await columns.disabledNetworks.get(this.database, networkId)
    return {
      networkId,
      nextHeight: settled === undefined ? 0n : settled.height + 1n,
      settledRoot: head?.pessimisticRoot,
      isDisabled: disabled !== undefined,
      epoch: this.#epoch?.number ?? 0n,
      settledIn: settled && {
        epoch: settled.epoch,
        count: certificatesInEpoch(await readEpoch(this.database, settled.epoch), networkId),
      },
    }
  }

  /** The certificate at a height that is not settled, as its network's machine takes it. */
  async storedCertificate(
    networkId: NetworkId,
    height: bigint,
  ): Promise<StoredCertificate | undefined> {
    const certificateId = await columns.pendingIds.get(this.database, { networkId, height })
    if (certificateId === undefined) return undefined
    const header = await this.header(certificateId)
    if (header === undefined || header.status.type === 'settled')
      throw brokenInvariant(`the queued certificate ${networkId}/${height} has no fitting header`)
    const proof = await this.proof(certificateId)
    return {
      certificateId,
      status: header.status.type,
      jobId: await this.jobOf(certificateId),
      newPessimisticRoot: proof && newPessimisticRootOf(proof),
    }
  }

  /** A network's state with everything in memory that applying the certificate needs. */
  async stateFor(certificate: Certificate): Promise<LocalNetworkState> {
    const { networkId } = certificate
    const { state } = await openNetworkTrees(this.database, networkId)
    const store = networkNodeStore(this.database, networkId)
    const loaded = await loadForCertificate(state, certificate, { store })
    if (loaded.ok) return loaded.value
    throw corruptRecord(`the trees of network ${networkId}`, loaded.error.code)
  }

  /** Stores an accepted certificate, in the place of the one that was judged. */
  accept(certificate: Certificate, o: AcceptOptions): Promise<Result<Hash32, StoreRefusal>> {
    return this.#exclusive(async () => {
      const { networkId, height } = certificate
      const known = await this.headerAt(networkId, height)
      if (!isJudged(known, o.judged)) return err({ code: 'Replaced' })
      const header = pendingHeader(certificate)
      const { certificateId } = header
      const newest = await columns.latestPending.get(this.database, networkId)
      const networkType = certificate.aggchainData.type
      await this.database.write([
        columns.pendingQueue.put({ networkId, height }, certificate),
        columns.pendingIds.put({ networkId, height }, certificateId),
        columns.headers.put(certificateId, header),
        columns.facts.put({ networkId, kind: 'networkType' }, { type: 'networkType', networkType }),
        ...(known === undefined ? [] : [columns.proofs.del(known.certificateId)]),
        ...(newest !== undefined && newest.height > height
          ? []
          : [columns.latestPending.put(networkId, { certificateId, height })]),
        ...(o.debug === true ? [columns.debugCertificates.put(certificateId, certificate)] : []),
      ])
      return ok(certificateId)
    })
  }

  /** Stores a proof, and that its certificate is proven. */
  storeProof(certificateId: Hash32, proof: StoredProof): Promise<Result<void, StoreRefusal>> {
    return this.#change(certificateId, ['pending'], (header) => {
      const { networkId, height } = header
      return [
        columns.proofs.put(certificateId, proof),
        columns.headers.put(certificateId, { ...header, status: { type: 'proven' } }),
        columns.latestProven.put(networkId, { certificateId, height }),
      ]
    })
  }

  /**
   * What is to be written in the batch that creates a certificate's settlement job: both links, which refuse that batch if there is
   * a job already, and the status Candidate.
   */
  async jobLink(
    certificateId: Hash32,
    jobId: JobId,
  ): Promise<Result<readonly JobBatchOperation[], StoreRefusal>> {
    const header = await this.#changeable(certificateId, ['proven'])
    if (!header.ok) return header
    const candidate = { ...header.value, status: { type: 'candidate' } } as const
    return ok([
      columns.jobOfCertificate.inBatch('insert', certificateId, jobId),
      columns.certificateOfJob.inBatch('insert', jobId, certificateId),
      columns.headers.inBatch('put', certificateId, candidate),
    ])
  }

  /** Stores that a proven certificate has a job. */
  storeCandidate(certificateId: Hash32): Promise<Result<void, StoreRefusal>> {
    return this.#change(certificateId, ['proven', 'candidate'], (header) => [
      columns.headers.put(certificateId, { ...header, status: { type: 'candidate' } }),
    ])
  }

  /** Stores that a proven certificate is to be proven again. */
  resetToPending(certificateId: Hash32): Promise<Result<void, StoreRefusal>> {
    return this.#change(certificateId, ['proven', 'pending'], (header) => [
      columns.headers.put(certificateId, { ...header, status: { type: 'pending' } }),
      columns.proofs.del(certificateId),
    ])
  }

  /** Stores that a certificate failed, and the transaction that reverted if there is one. */
  storeError(
    certificateId: Hash32,
    error: CertificateStatusError,
    settlementTxHash: Hash32 | undefined,
  ): Promise<Result<void, StoreRefusal>> {
    const from = ['pending', 'proven', 'candidate', 'inError']
    return this.#change(certificateId, from, (header) => [
      columns.headers.put(certificateId, {
        ...header,
        status: { type: 'inError', error },
        settlementTxHash: settlementTxHash ?? header.settlementTxHash,
      }),
    ])
  }

  /**
   * Stores that a certificate is settled: epoch, state, header, indices and pointers at once.
   * @throws SettlementStorageError `STORAGE_INVARIANT` when the state before is not the stored one.
   */
  finalise(request: FinaliseRequest): Promise<Result<Finalised, StoreRefusal>> {
    return this.#exclusive(async () => {
      const from = ['pending', 'proven', 'candidate', 'inError']
      const header = await this.#changeable(request.certificateId, from)
      if (!header.ok) return header
      if (this.#epoch === undefined) return err({ code: 'NoOpenEpoch' })
      const planned = await finaliseChanges(this.database, request, {
        header: header.value,
        epoch: this.#epoch,
      })
      if (!planned.ok) return planned
      await this.database.write(planned.value.changes)
      this.#epoch = planned.value.epoch
      return ok(planned.value.finalised)
    })
  }

  /** Writes the changes that `plan` makes of what is stored; no other write comes between. */
  edit<T extends { readonly changes: readonly BatchOperation[] }, E>(
    plan: (database: Database) => Promise<Result<T, E>>,
  ): Promise<Result<T, E>> {
    return this.#exclusive(async () => {
      const planned = await plan(this.database)
      if (planned.ok) await this.database.write(planned.value.changes)
      return planned
    })
  }

  /** Disables a network since a time in milliseconds since 1970, or enables it. */
  setDisabled(networkId: NetworkId, disabledAtMs: number | undefined): Promise<void> {
    return this.#exclusive(() =>
      this.database.write([
        disabledAtMs === undefined
          ? columns.disabledNetworks.del(networkId)
          : columns.disabledNetworks.put(networkId, { disabledAtMs, disabledBy: 'admin' }),
      ]),
    )
  }

  /** The clock as it was stored. */
  clock(): Promise<ClockRecord | undefined> {
    return columns.clock.get(this.database, 'clock')
  }

  /** The newest epoch that is packed. */
  latestSettledEpoch(): Promise<bigint | undefined> {
    return columns.latestSettledEpoch.get(this.database, 'latestSettledEpoch')
  }

  /** The epoch that takes certificates; `undefined` before the first {@link openEpoch}. */
  get epoch(): OpenEpoch | undefined {
    return this.#epoch
  }

  /** Packs every epoch before `current`, however many, opens that one, and stores the clock. */
  openEpoch(current: bigint, clock: ClockRecord): Promise<Result<OpenEpoch, EpochWentBack>> {
    return this.#exclusive(async () => {
      const plan = planEpochs(await this.latestSettledEpoch(), current)
      if (!plan.ok) return plan
      const { pack } = plan.value
      const packed: BatchOperation[] = []
      if (pack !== undefined) {
        packed.push(columns.latestSettledEpoch.put('latestSettledEpoch', pack.last))
        const left = this.#epoch ?? (await readEpoch(this.database, pack.first))
        if (left.nextIndex > 0n) packed.push(columns.packedEpochs.put(left.number, true))
      }
      await this.database.write([columns.clock.put('clock', clock), ...packed])
      if (pack !== undefined || this.#epoch === undefined) this.#epoch = await this.#opened(current)
      return ok(this.#epoch)
    })
  }

  /** Reads the open epoch again, which others have packed or filled if they used the database after this was made. */
  rereadEpoch(): Promise<void> {
    return this.#exclusive(async () => {
      if (this.#epoch === undefined) return
      const packed = (await this.latestSettledEpoch()) ?? -1n
      const { number } = this.#epoch
      this.#epoch = await readEpoch(this.database, number > packed ? number : packed + 1n)
    })
  }

  /** Gives up the database. */
  close(): Promise<void> {
    return this.database.close()
  }

  async #opened(number: bigint): Promise<OpenEpoch> {
    return this.#epoch === undefined ? readEpoch(this.database, number) : emptyEpoch(number)
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    using _turn = await this.#turn.acquire()
    return await work()
  }

  #change(
    certificateId: Hash32,
    from: readonly string[],
    changes: (header: CertificateHeader) => readonly BatchOperation[],
  ): Promise<Result<void, StoreRefusal>> {
    return this.#exclusive(async () => {
      const header = await this.#changeable(certificateId, from)
      if (!header.ok) return header
      await this.database.write(changes(header.value))
      return ok(undefined)
    })
  }

  /** The header of a certificate that still stands in the queue, with one of these statuses. */
  async #changeable(
    certificateId: Hash32,
    from: readonly string[],
  ): Promise<Result<CertificateHeader, StoreRefusal>> {
    const header = await this.header(certificateId)
    if (header === undefined) return err({ code: 'UnknownCertificate' })
    const { networkId, height, status } = header
    if (!from.includes(status.type)) return err({ code: 'WrongStatus', status: status.type })
    const queued = await columns.pendingIds.get(this.database, { networkId, height })
    return queued !== undefined && bytesEqual(queued, certificateId)
      ? ok(header)
      : err({ code: 'Replaced' })
  }
}

function isJudged(
  known: CertificateHeader | undefined,
  judged: CertificateHeader | undefined,
): boolean {
  if (known === undefined || judged === undefined) return known === judged
  return (
    bytesEqual(known.certificateId, judged.certificateId) &&
    known.status.type === judged.status.type
  )
}
