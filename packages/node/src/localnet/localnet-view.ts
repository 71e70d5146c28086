import { formatMs, percentile } from '../page/plot.js'
import type { StatusReport } from '../status/status-report.js'
import type { ProcessState } from './node-process.js'
import type { LocalnetNode } from './write-localnet.js'

/** A node at one moment. */
export interface NodeSight {
  readonly node: LocalnetNode
  readonly state: ProcessState
  /** Undefined while it does not answer. */
  readonly report: StatusReport | undefined
}

/** A node as one line of JSON shows it. Heights are decimal. */
export interface SightSummary {
  readonly name: string
  readonly process: ProcessState
  readonly phase: string | undefined
  readonly committed: string | undefined
  readonly view: string | undefined
  readonly peers: number | undefined
  readonly ready: boolean
}

/** The facts of a sight. */
export function summaryOf({ node, state, report }: NodeSight): SightSummary {
  const status = report?.node.status
  return {
    name: node.name,
    process: state,
    phase: status?.phase,
    committed: status?.committed,
    view: status?.view,
    peers: status?.peers,
    ready: report?.readiness.ready ?? false,
  }
}

/** How many are ready, and of each its height, or how it ended, in a line. */
export function sightLine(sights: readonly NodeSight[]): string {
  const summaries = sights.map(summaryOf)
  const heights = summaries.map(({ name, process, committed }) => {
    return `${name} ${process === 'running' ? (committed ?? '–') : process}`
  })
  const ready = summaries.filter((summary) => summary.ready).length
  return `${ready}/${sights.length} ready   ${heights.join('  ')}\n`
}

/** A table of all, for a terminal. */
export function sightTable(sights: readonly NodeSight[]): string {
  const rows = sights.map((sight) => {
    const { name, process, phase, committed, view, peers, ready } = summaryOf(sight)
    const finality = percentile(sight.report?.latencies.finality ?? [], 0.5)
    return [
      name,
      process === 'running' ? (phase ?? 'starting') : process,
      ready ? '✓' : '✗',
      committed ?? '–',
      view ?? '–',
      String(peers ?? '–'),
      formatMs(finality),
      process === 'running' ? sight.node.url : sight.node.logFile,
    ]
  })
  const head = ['node', 'state', 'ready', 'committed', 'view', 'peers', 'finality', 'status page']
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`
  return [head, ...rows].map(line).join('')
}
