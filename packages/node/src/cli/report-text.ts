import { headlineOf } from '../status/headline.js'
import type { StatusReport } from '../status/status-report.js'
import { formatMs, percentile } from '../page/plot.js'
import { shortKey } from '../page/committee-section.js'

/** A report for a terminal. */
export function reportText(report: StatusReport): string {
  const { node, readiness, diagnosis, committee, latencies } = report
  const { status } = node
  const lines = [
    headlineOf(status.phase, readiness).text,
    ...diagnosis.findings.map(({ message }) => `  ! ${printable(message)}`),
    ...diagnosis.facts.map((fact) => `  ${printable(fact)}`),
    '',
    `committed ${status.committed ?? '–'}   on disk ${status.head ?? '–'}   view ${status.view ?? '–'}   epoch ${status.epoch}   peers ${status.peers}`,
    ...readiness.checks.map(
      ({ name, ok, detail }) => `  ${ok ? '✓' : '✗'} ${name.padEnd(10)} ${printable(detail)}`,
    ),
    '',
    `between blocks p50 ${formatMs(percentile(latencies.block, 0.5))}, view to finality p50 ${formatMs(percentile(latencies.finality, 0.5))}`,
    '',
    'validator          link            this view',
    ...committee.members.map(
      (m) =>
        `  v${String(m.index).padEnd(3)} ${m.isLeader ? '★' : ' '} ${shortKey(m.key).slice(0, 8)}  ${linkOf(m).padEnd(14)}  ${m.vote}`,
    ),
    ...(node.warnings.length === 0 ? [] : ['', 'newest warnings']),
    ...node.warnings.slice(-5).map(({ code, message }) => `  ${code}: ${printable(message)}`),
  ]
  return `${lines.join('\n')}\n`
}

function linkOf(m: StatusReport['committee']['members'][number]): string {
  if (m.isSelf) return 'this node'
  return m.connected ? formatMs(m.rttMs) : 'not connected'
}

/** Texts of peers may hold what moves the cursor or forges lines. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}
