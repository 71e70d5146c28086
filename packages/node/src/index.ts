/**
 * What an operator needs around a node: metrics, a status page, health endpoints; and the command line `zkstack`.
 *
 * @packageDocumentation
 */
export { prometheusMetrics } from './metrics/prometheus-metrics.js'
export type { Exposition, PrometheusMetrics } from './metrics/prometheus-metrics.js'
export type { ServedChain } from './http/chain-routes.js'
export { serveStatus } from './http/status-server.js'
export type { StatusServer, StatusServerOptions } from './http/status-server.js'
export type { CommitteeMember, CommitteeView, VoteState } from './status/committee.js'
export type { Happening, SeenBlock } from './status/journal.js'
export type { Readiness, ReadinessCheck } from './status/readiness.js'
export type { Latencies, StatusReport } from './status/status-report.js'
export type {
  ExecutionContext,
  ExecutionFactory,
  ExecutionModule,
} from './run/execution-factory.js'
