import type { Clock, MetricsSink } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import {
  columns,
  type CertificateStatus,
  type Database,
  type SettlementEvent,
  type SettlementStore,
} from '@zkstack/settlement'

/** Seconds. @see agglayer crates/agglayer-telemetry */
const durationBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900, 1800]

/** Certificates on their way that are timed at once; the oldest ones give way. */
const maxTimed = 100_000

interface Timed {
  readonly since: number
  readonly stage: 'pending' | 'proven' | 'candidate'
  readonly stageSince: number
}

/** Counts what a settlement node does, under upstream's names. */
export class SettleMetrics {
  readonly #clock: Clock
  readonly #timed = new Map<string, Timed>()
  readonly #maxTimed: number
  /** Networks that had a certificate on its way when last looked at. */
  #pending: ReadonlySet<NetworkId> = new Set()
  readonly #metrics

  constructor(sink: MetricsSink, clock: Clock, most = maxTimed) {
    this.#clock = clock
    this.#maxTimed = most
    this.#metrics = {
      duration: sink.histogram(
        'agglayer_certificate_duration_seconds',
        'Time from acceptance to settlement, of certificates that went all the way in this process.',
        { buckets: durationBuckets, labels: ['network_id'] },
      ),
      stage: sink.histogram(
        'agglayer_certificate_stage_duration_seconds',
        'Time in each stage, of the same certificates.',
        { buckets: durationBuckets, labels: ['network_id', 'stage'] },
      ),
      height: sink.gauge(
        'agglayer_node_network_height',
        'Height of the newest certificate of a network that reached a stage.',
        ['network_id', 'stage'],
      ),
      inError: sink.gauge(
        'agglayer_node_network_latest_certificate_in_error',
        '1 while the newest certificate of a network is in error, else 0.',
        ['network_id'],
      ),
      block: sink.gauge('agglayer_clock_current_block_height', 'Blocks since the epochs began.'),
      epoch: sink.gauge('agglayer_clock_current_epoch', 'The epoch that takes certificates.'),
    }
  }

  /** A certificate was taken in. */
  accepted(certificateId: Uint8Array): void {
    const [oldest] = this.#timed.keys()
    if (oldest !== undefined && this.#timed.size >= this.#maxTimed) this.#timed.delete(oldest)
    const now = this.#clock.now()
    this.#timed.set(toHex(certificateId), { since: now, stage: 'pending', stageSince: now })
  }

  /** Something happened to a certificate, or to the clock. */
  happened(event: SettlementEvent): void {
    if (event.type === 'epochStarted') this.#metrics.epoch.set(Number(event.epoch))
    if (event.type !== 'statusChanged') return
    this.#statusChanged(event.networkId, toHex(event.certificateId), event.status.type)
  }

  /** What became of those on their way may not have been told: their times are unknown, and they would stay for ever. */
  eventsLost(): void {
    this.#timed.clear()
  }

  /** Reads what is only known when somebody asks. */
  async sample(store: SettlementStore): Promise<void> {
    const { height } = this.#metrics
    const { database } = store
    for await (const [networkId, { height: at }] of columns.latestPending.entries(database))
      height.set(Number(at), { network_id: String(networkId), stage: 'pending' })
    for await (const [networkId, { height: at }] of columns.latestProven.entries(database))
      height.set(Number(at), { network_id: String(networkId), stage: 'proven' })
    for await (const [networkId, { height: at }] of columns.latestSettled.entries(database)) {
      height.set(Number(at), { network_id: String(networkId), stage: 'settled' })
      this.#metrics.inError.set(0, { network_id: String(networkId) })
    }
    await this.#sampleErrors(database)
    const clock = await store.clock()
    if (clock !== undefined) this.#metrics.block.set(Number(clock.height))
    if (store.epoch !== undefined) this.#metrics.epoch.set(Number(store.epoch.number))
  }

  async #sampleErrors(database: Database): Promise<void> {
    const { inError } = this.#metrics
    const pending = new Set<NetworkId>()
    for await (const [networkId, { certificateId }] of columns.latestPending.entries(database)) {
      const header = await columns.headers.get(database, certificateId)
      const isInError = header?.status.type === 'inError'
      inError.set(isInError ? 1 : 0, { network_id: String(networkId) })
      pending.add(networkId)
    }
    // An operator may have taken away the only certificate of a network.
    for (const networkId of this.#pending)
      if (!pending.has(networkId)) inError.set(0, { network_id: String(networkId) })
    this.#pending = pending
  }

  #statusChanged(networkId: NetworkId, id: string, status: CertificateStatus['type']): void {
    const timed = this.#timed.get(id)
    if (timed === undefined) return
    const now = this.#clock.now()
    if (status === 'settled' || status === 'inError') this.#timed.delete(id)
    else this.#timed.set(id, { ...timed, stage: status, stageSince: now })
    if (status === 'inError' || status === timed.stage) return
    const labels = { network_id: String(networkId) }
    const { stage, stageSince, since } = timed
    this.#metrics.stage.observe((now - stageSince) / 1_000, { ...labels, stage })
    if (status === 'settled') this.#metrics.duration.observe((now - since) / 1_000, labels)
  }
}
