import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { Broadcast } from '../node/broadcast.js'
import type { CertificateStatus } from '../types/certificate-header.js'
import type { ClientEvent, ExitEvent, ExitStage } from './client-event.js'
import type { ClientCertificate } from './client-records.js'
import type { ClientStore } from './client-store.js'
import type { L1BridgeIndex } from './l1-bridge-index.js'

/** What an {@link ExitReporter} needs. */
export interface ExitReporterOptions {
  readonly networkId: NetworkId
  readonly store: ClientStore
  readonly index: L1BridgeIndex
  readonly events: Broadcast<ClientEvent>
}

const stages: Readonly<Record<CertificateStatus['type'], ExitStage | undefined>> = {
  pending: 'inCertificate',
  proven: 'proven',
  candidate: 'candidate',
  settled: 'settled',
  inError: undefined,
}

/** Tells how far exits have come. */
export class ExitReporter {
  readonly #o: ExitReporterOptions
  /** Settled certificates whose exits are not all claimable, by height; `undefined`: not looked for yet. */
  #waiting: Map<bigint, ClientCertificate> | undefined

  constructor(o: ExitReporterOptions) {
    this.#o = o
  }

  /** These exits were collected. */
  async collected({ first, end }: { readonly first: number; readonly end: number }): Promise<void> {
    const none = { certificateId: undefined, settlementTxHash: undefined, claim: undefined }
    for (const [i, { block, exit }] of (await this.#o.store.exits(first, end)).entries())
      this.#o.events.send({
        type: 'exit',
        stage: 'collected',
        leafIndex: first + i,
        bridgeExit: exit,
        block,
        ...none,
      })
  }

  /** A certificate has another status. */
  async certificate(record: ClientCertificate): Promise<void> {
    const { header, range } = record
    this.#o.events.send({ type: 'certificate', header })
    const stage = stages[header.status.type]
    if (stage === undefined) return
    const { certificateId, settlementTxHash } = header
    const exits = await this.#o.store.exits(range.firstExit, range.endExit)
    for (const [i, { block, exit }] of exits.entries())
      this.#o.events.send({
        type: 'exit',
        stage,
        leafIndex: range.firstExit + i,
        bridgeExit: exit,
        block,
        certificateId,
        settlementTxHash,
        claim: undefined,
      })
    if (stage === 'settled') this.#waiting?.set(header.height, record)
  }

  /** Where an exit is now; `undefined`: it is not collected. */
  async present(leafIndex: number): Promise<ExitEvent | undefined> {
    const { store, index, networkId } = this.#o
    if (leafIndex >= store.collected.exits) return undefined
    const [collected] = await store.exits(leafIndex, leafIndex + 1)
    if (collected === undefined) return undefined
    const { block, exit: bridgeExit } = collected
    const exit = { type: 'exit', leafIndex, bridgeExit, block, claim: undefined } as const
    for await (const { header, range, isClaimable } of store.certificates()) {
      const stage = stages[header.status.type]
      const covers = range.firstExit <= leafIndex && leafIndex < range.endExit
      if (!covers || stage === undefined) continue
      const { certificateId, settlementTxHash } = header
      const known = { ...exit, certificateId, settlementTxHash }
      if (!isClaimable) return { ...known, stage }
      const claim = index.claimOfExit(networkId, store.exitTree, exit)
      return { ...known, stage: 'claimable', claim }
    }
    const none = { certificateId: undefined, settlementTxHash: undefined }
    return { ...exit, ...none, stage: 'collected' }
  }

  /** Looks which settled exits L1 proves now. */
  async claimable(): Promise<void> {
    const { store, index, networkId, events } = this.#o
    this.#waiting ??= await this.#unclaimable()
    for (const [height, record] of this.#waiting) {
      const { range, header } = record
      const { certificateId, settlementTxHash } = header
      const exits = await store.exits(range.firstExit, range.endExit)
      const reports = exits.map(({ block, exit: bridgeExit }, i) => {
        const exit = { bridgeExit, leafIndex: range.firstExit + i }
        return { ...exit, block, claim: index.claimOfExit(networkId, store.exitTree, exit) }
      })
      if (reports.some(({ claim }) => claim === undefined)) continue
      for (const report of reports)
        events.send({
          type: 'exit',
          stage: 'claimable',
          certificateId,
          settlementTxHash,
          ...report,
        })
      await store.putCertificate({ ...record, isClaimable: true })
      this.#waiting.delete(height)
    }
  }

  async #unclaimable(): Promise<Map<bigint, ClientCertificate>> {
    const waiting = new Map<bigint, ClientCertificate>()
    for await (const record of this.#o.store.certificates())
      if (record.header.status.type === 'settled' && !record.isClaimable)
        waiting.set(record.header.height, record)
    return waiting
  }
}
