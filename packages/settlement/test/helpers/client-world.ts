import { realClock, silentLogger } from '@zkstack/concurrency'
import { bytesEqual, ok, toHex, type Hash32 } from '@zkstack/crypto'
import {
  address,
  certificateId,
  EMPTY_LOCAL_EXIT_ROOT,
  ZERO_HASH,
  type BridgeExit,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { CertificateBuilder } from '../../src/client/certificate-builder.js'
import type { ClientEvent } from '../../src/client/client-event.js'
import { ClientStore } from '../../src/client/client-store.js'
import { ExitReporter } from '../../src/client/exit-reporter.js'
import { L1BridgeIndex } from '../../src/client/l1-bridge-index.js'
import { Outbox, type OutboxOptions, type OutboxStep } from '../../src/client/outbox.js'
import type { Database } from '../../src/storage/database.js'
import { Broadcast } from '../../src/node/broadcast.js'
import type { SettlementEndpoint } from '../../src/node/settlement-endpoint.js'
import { pendingHeader, type CertificateHeader } from '../../src/types/certificate-header.js'
import type { CertificateStatusError } from '../../src/types/certificate-status-error.js'

/** The network of all tests here. */
export const clientNetwork = 7

const call = { signal: new AbortController().signal }

/** An exit of ether, told apart by its amount. */
export function etherExit(amount: bigint): BridgeExit {
  return {
    leafType: 'transfer',
    tokenInfo: { originNetwork: 0, originTokenAddress: address(new Uint8Array(20)) },
    destNetwork: 0,
    destAddress: address(new Uint8Array(20).fill(1)),
    amount,
    metadata: undefined,
  }
}

/** A settlement node that believes everything, in order: it settles at the second look. */
export class FakeSettlementNode implements SettlementEndpoint {
  /** In the order of their heights. */
  readonly settled: Certificate[] = []
  /** Errors for the next certificates, the first one first. */
  readonly errors: CertificateStatusError[] = []
  /** On which the first certificate must follow. */
  firstRoot: Hash32 = EMPTY_LOCAL_EXIT_ROOT
  /** Called when a certificate is stored, and not answered yet. */
  onAccepted: () => void = () => undefined
  submissions = 0
  readonly #headers = new Map<string, CertificateHeader>()
  #pending: Certificate | undefined

  submit: SettlementEndpoint['submit'] = async (certificate) => {
    this.submissions += 1
    const id = certificateId(certificate)
    const next = BigInt(this.settled.length)
    const before = this.settled.at(-1)?.newLocalExitRoot ?? this.firstRoot
    if (certificate.height !== next) throw new Error(`height ${certificate.height}, not ${next}`)
    if (!bytesEqual(certificate.prevLocalExitRoot, before)) throw new Error('another root before')
    const known = this.#pending && this.#headers.get(toHex(certificateId(this.#pending)))
    if (
      known !== undefined &&
      known.status.type !== 'inError' &&
      !bytesEqual(known.certificateId, id)
    )
      throw new Error('two certificates of one height')
    this.#pending = certificate
    this.#headers.set(toHex(id), pendingHeader(certificate))
    this.onAccepted()
    return ok(id)
  }

  header: SettlementEndpoint['header'] = async (id) => {
    const header = this.#headers.get(toHex(id))
    if (header?.status.type === 'pending') this.#settle(header)
    return ok(header)
  }

  latestHeaders: SettlementEndpoint['latestHeaders'] = async () => {
    const of = (certificate: Certificate | undefined) =>
      certificate && this.#headers.get(toHex(certificateId(certificate)))
    const pending = of(this.#pending)
    const settled = of(this.settled.at(-1))
    return ok({ pending, settled, known: pending ?? settled })
  }

  epochConfiguration: SettlementEndpoint['epochConfiguration'] = async () => ok(undefined)

  /** L1 turns out to have the certificate that failed. */
  settleFailed(): void {
    const certificate = this.#pending
    if (certificate === undefined) throw new Error('nothing failed')
    const header = { ...pendingHeader(certificate), status: { type: 'settled' } as const }
    this.#headers.set(toHex(header.certificateId), header)
    this.settled.push(certificate)
    this.#pending = undefined
  }

  #settle(header: CertificateHeader): void {
    const certificate = this.#pending
    if (certificate === undefined) return
    const error = this.errors.shift()
    const status =
      error === undefined ? ({ type: 'settled' } as const) : { type: 'inError' as const, error }
    this.#headers.set(toHex(header.certificateId), { ...header, status })
    if (error !== undefined) return
    this.settled.push(certificate)
    this.#pending = undefined
  }
}

/** A client without L1: what one process has. */
export class ClientWorld {
  readonly store: ClientStore
  readonly outbox: Outbox
  readonly reporter: ExitReporter
  readonly broadcast = new Broadcast<ClientEvent>()
  /** Everything that the broadcast told. */
  readonly events: ClientEvent[] = []
  /** What L1 says next of the network's local exit root; no exits when there is nothing more. */
  readonly rootsOnL1: (Hash32 | undefined)[] = []

  private constructor(
    store: ClientStore,
    endpoint: SettlementEndpoint,
    o: Partial<Pick<OutboxOptions, 'clock' | 'pauseMs'>>,
  ) {
    this.store = store
    const { events, broadcast } = this
    const tell = broadcast.send.bind(broadcast)
    broadcast.send = (event) => {
      events.push(event)
      tell(event)
    }
    const parts = { networkId: clientNetwork, store, index: new L1BridgeIndex() }
    this.reporter = new ExitReporter({ ...parts, events: broadcast })
    this.outbox = new Outbox({
      ...parts,
      endpoint,
      builder: new CertificateBuilder(parts),
      signer: { sign: async () => ok({ type: 'multisigOnly', multisig: [] }) },
      reporter: this.reporter,
      clock: realClock,
      logger: silentLogger,
      lastLocalExitRoot: async () =>
        this.rootsOnL1.length > 0 ? this.rootsOnL1.shift() : ZERO_HASH,
      pauseMs: () => 0,
      isDue: async () => true,
      ...o,
    })
  }

  /** Starts a process. */
  static async start(
    database: Database,
    endpoint: SettlementEndpoint,
    o: Partial<Pick<OutboxOptions, 'clock' | 'pauseMs'>> = {},
  ): Promise<ClientWorld> {
    return new ClientWorld(await ClientStore.open(database, 0n), endpoint, o)
  }

  /** A block with exits of these amounts. */
  async block(number: bigint, ...amounts: readonly bigint[]): Promise<void> {
    const block = { bridgeExits: amounts.map(etherExit), claims: [] }
    await this.reporter.collected(await this.store.addBlock(number, block))
  }

  /** Steps until nothing is left to do, or the client halts. */
  async settle(): Promise<OutboxStep> {
    for (let idle = 0; ;) {
      const step = await this.outbox.step(call)
      if (!step.ok) return step
      idle = step.value === 'idle' ? idle + 1 : 0
      if (idle === 3) return step
    }
  }
}
