import type { Clock } from '@zkstack/concurrency'
import {
  diagnose,
  type ConsensusNode,
  type NodeDiagnosis,
  type NodeSnapshot,
} from '@zkstack/executor'
import type { PrometheusMetrics } from '../metrics/prometheus-metrics.js'
import { committeeOf, type CommitteeView } from './committee.js'
import type { Happening, Journal, SeenBlock } from './journal.js'
import { readinessOf, type Readiness } from './readiness.js'

/** Newest latencies in milliseconds, oldest first; empty where nothing was measured. */
export interface Latencies {
  /** Time between two blocks. */
  readonly block: readonly number[]
  /** From entering a view to the finality of its block. */
  readonly finality: readonly number[]
  readonly propose: readonly number[]
  readonly verify: readonly number[]
  readonly commit: readonly number[]
  /** Round trips of pings, of all peers. */
  readonly ping: readonly number[]
}

/** Everything that the status page shows, as plain JSON without secrets: the answer of `/status.json`. */
export interface StatusReport {
  readonly atUtcMs: number
  readonly node: NodeSnapshot
  readonly readiness: Readiness
  /** Why the node is where it is. */
  readonly diagnosis: NodeDiagnosis
  readonly committee: CommitteeView
  readonly blocks: readonly SeenBlock[]
  readonly happenings: readonly Happening[]
  readonly latencies: Latencies
}

/** What {@link statusReport} reads. */
export interface StatusSources {
  readonly node: Pick<ConsensusNode, 'inspect'>
  readonly journal: Journal
  readonly metrics: PrometheusMetrics | undefined
  readonly clock: Clock
}

/** Reads everything at one moment. */
export function statusReport(o: StatusSources): StatusReport {
  const snapshot = o.node.inspect()
  const committee = committeeOf(snapshot)
  const nowUtcMs = o.clock.nowUtc()
  const { blocks, happenings } = o.journal
  return {
    atUtcMs: nowUtcMs,
    node: snapshot,
    readiness: readinessOf({ snapshot, committee, nowUtcMs }),
    diagnosis: diagnose(snapshot),
    committee,
    blocks,
    happenings,
    latencies: latenciesOf(o.metrics, blocks),
  }
}

function latenciesOf(
  metrics: PrometheusMetrics | undefined,
  blocks: readonly SeenBlock[],
): Latencies {
  const ms = (name: string, labels?: Readonly<Record<string, string>>): readonly number[] =>
    (metrics?.recent(name, labels) ?? []).map((seconds) => seconds * 1000)
  const call = 'zkstack_execution_call_seconds'
  return {
    block: blocks.flatMap(({ intervalMs }) => intervalMs ?? []),
    finality: ms('zkstack_finality_seconds'),
    propose: ms(call, { method: 'propose' }),
    verify: ms(call, { method: 'verify' }),
    commit: ms('zkstack_commit_seconds'),
    ping: ms('zkstack_network_ping_seconds'),
  }
}
