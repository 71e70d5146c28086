import {
  silentMetrics,
  type Counter,
  type Gauge,
  type Histogram,
  type MetricsSink,
} from '@zkstack/concurrency'
import type { GoodbyeCode } from './goodbye.js'
import type { PeerFault } from './peers/fault.js'
import type { Peer } from './peers/peer.js'
import type { RefusedConnection } from './transport/network-transport.js'

/** What the network counts. Labels take few values: codes and directions, never keys. */
export class NetworkMetrics {
  readonly #connected: Gauge
  readonly #ended: Counter
  readonly #refused: Counter
  readonly #refusedConnections: Counter
  readonly #misbehaved: Counter
  readonly #bans: Counter
  readonly #rtt: Histogram
  readonly #transactions: Counter
  readonly #missed: Counter
  readonly #answers: Counter
  readonly #fetched: Counter

  constructor(sink: MetricsSink = silentMetrics) {
    this.#transactions = sink.counter(
      'zkstack_network_transactions_received_total',
      'Transactions that peers have sent',
      ['sight'],
    )
    this.#missed = sink.counter(
      'zkstack_network_transactions_missed_total',
      'Transactions not offered to a peer that was too slow for them',
    )
    this.#connected = sink.gauge('zkstack_network_peers', 'Connected peers', ['direction'])
    this.#ended = sink.counter('zkstack_network_disconnections_total', 'Ended connections', [
      'code',
    ])
    this.#refused = sink.counter(
      'zkstack_network_refusals_total',
      'Connections that ended in their hello',
      ['code'],
    )
    this.#refusedConnections = sink.counter(
      'zkstack_network_connections_refused_total',
      'Inbound connections refused before their key was known',
      ['reason'],
    )
    this.#misbehaved = sink.counter(
      'zkstack_network_misbehaviour_total',
      'Rules that peers have broken',
      ['rule'],
    )
    this.#bans = sink.counter('zkstack_network_bans_total', 'Bans of peers', ['fault'])
    this.#answers = sink.counter(
      'zkstack_network_sync_answers_total',
      'Answers to requests for blocks, and requests that nobody answered',
      ['outcome'],
    )
    this.#fetched = sink.counter(
      'zkstack_network_sync_blocks_total',
      'Blocks fetched and verified',
      ['source'],
    )
    this.#rtt = sink.histogram('zkstack_network_ping_seconds', 'Round trip of pings', {
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    })
  }

  /** Counts who is connected now. */
  onPeers(peers: Iterable<Peer>): void {
    const counts = { inbound: 0, outbound: 0 }
    for (const { connection } of peers) counts[connection.direction]++
    for (const direction of ['inbound', 'outbound'] as const) {
      this.#connected.set(counts[direction], { direction })
    }
  }

  onEnded(code: GoodbyeCode): void {
    this.#ended.inc(1, { code })
  }

  onRefused(code: GoodbyeCode): void {
    this.#refused.inc(1, { code })
  }

  /** Counts a connection that was not let in. */
  onConnectionRefused(reason: RefusedConnection['reason']): void {
    this.#refusedConnections.inc(1, { reason })
  }

  onMisbehaved(rule: string): void {
    this.#misbehaved.inc(1, { rule })
  }

  /** Counts a ban by the fault that was one too many. */
  onBanned(fault: PeerFault): void {
    this.#bans.inc(1, { fault })
  }

  /** Counts an answer to a request for blocks. */
  onAnswer(hasBlocks: boolean): void {
    this.#answers.inc(1, { outcome: hasBlocks ? 'blocks' : 'none' })
  }

  /** Counts a block that sync brings. */
  onFetched(isFallback: boolean): void {
    this.#fetched.inc(1, { source: isFallback ? 'fallback' : 'peer' })
  }

  /** Counts a transaction of a peer by whether it was seen before. */
  onTransaction(sight: 'new' | 'known'): void {
    this.#transactions.inc(1, { sight })
  }

  /** Counts a transaction that a slow peer misses. */
  onTransactionMissed(): void {
    this.#missed.inc(1)
  }

  /** Notes the round trip of a ping, in milliseconds. */
  onRtt(peer: Peer, ms: number): void {
    peer.rttMs = ms
    this.#rtt.observe(ms / 1000)
  }
}
