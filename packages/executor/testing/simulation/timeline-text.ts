import { describeFault } from './fault.js'
import type { SimulationEvent } from './simulation-log.js'
import type { SimulationReport } from './simulation-options.js'

/** What an event looks like in a line. */
const marks: Readonly<Record<SimulationEvent['type'], string>> = {
  send: '→',
  deliver: '←',
  lose: '×',
  write: '▪',
  start: '▲',
  crash: '▼ CRASH',
  stop: '▽',
  commit: '■ commits',
  fault: '! FAULT',
  warning: '? warns',
  violation: '!! VIOLATION',
}

/**
 * A traced run as text, one line for what one node does at one moment: consensus messages with their receivers, starts, ends,
 * commits, faults, warnings and violations. `verbose` adds writes, arrivals and the other protocols.
 */
export function timelineText(
  report: SimulationReport,
  o: { readonly verbose?: boolean } = {},
): string {
  const lines = [`seed ${report.seed}`, ...report.faults.map((f) => `  ${describeFault(f)}`), '']
  for (const { event, peers } of merged(report.events)) {
    if (o.verbose !== true && !isPlain(event)) continue
    const { at, type, node, text } = event
    const who = node === undefined ? '   ' : String(node).padStart(3)
    const to = peers.length === 0 ? '' : ` ${peers.join(' ')}`
    const where = type === 'send' ? `${marks.send}${to}  ${text}` : `${marks[type]}${to} ${text}`
    lines.push(`${at.toFixed(2).padStart(12)} ms ${who} ${where}`)
  }
  const { stats } = report
  lines.push(
    '',
    `${stats.views} views, blocks ${stats.blocks.join(' ')}, ${stats.deliveries} messages, ${stats.restarts} restarts, ${Math.round(stats.virtualMs)} ms`,
    ...report.violations.map((v) => `VIOLATION ${v.invariant} at node ${v.node ?? '–'}: ${v.text}`),
    `digest ${report.digest}`,
  )
  return `${lines.join('\n')}\n`
}

/** Whether an event is worth a line by default. */
function isPlain({ type, text }: SimulationEvent): boolean {
  if (type === 'write' || type === 'deliver') return false
  return (type !== 'send' && type !== 'lose') || !text.startsWith('/')
}

/** Joins what a node sends to several others at one moment. */
function merged(
  events: readonly SimulationEvent[],
): { readonly event: SimulationEvent; readonly peers: readonly number[] }[] {
  const lines: { event: SimulationEvent; peers: number[] }[] = []
  for (const event of events) {
    const last = lines.at(-1)
    const peers = event.peer === undefined ? [] : [event.peer]
    const joins =
      last !== undefined &&
      (event.type === 'send' || event.type === 'lose') &&
      last.event.type === event.type &&
      last.event.at === event.at &&
      last.event.node === event.node &&
      last.event.text === event.text
    if (joins) last.peers.push(...peers)
    else lines.push({ event, peers })
  }
  return lines
}
