import { describeFault } from './fault.js'
import type { SimulationEvent } from './simulation-log.js'
import type { SimulationReport } from './simulation-options.js'

const columnPx = 120
const leftPx = 90
const topPx = 70
/** Pixels of a millisecond, and the most that a pause without events takes. */
const pxPerMs = 4
const maxPausePx = 26
/** Room for the words of a fault. */
const faultPx = 18

/** Colours of the consensus messages, by the first word of their description. */
const colours: Readonly<Record<string, string>> = {
  LeaderProposalV2: '#1f6feb',
  ReplicaCommitV2: '#2da44e',
  ReplicaTimeoutV2: '#d1242f',
  ReplicaNewViewV2: '#8250df',
}

/** A message from its sending to its arrival, or to where it was lost. */
interface Arrow {
  readonly sent: SimulationEvent
  readonly got: SimulationEvent
}

/**
 * A traced run as one self-contained HTML page: a line downwards for each node, an arrow for each consensus message, a mark for
 * each start, end, commit, fault and violation. Pauses are shortened; hovering tells the details, boxes hide kinds.
 */
export function timelineHtml(report: SimulationReport): string {
  const events = report.events.filter(isShown)
  const yOf = scaleOf(events)
  const nodes = report.stats.blocks.length
  const width = leftPx + nodes * columnPx
  const height = yOf(events.at(-1)?.at ?? 0) + 40
  const parts = [
    ...lifelines(report, height),
    ...timesOf(events, yOf),
    ...arrowsOf(events).map((arrow) => drawArrow(arrow, yOf)),
    ...events.map((event) => drawMark(event, yOf, width)),
  ]
  return page(
    report,
    `<div class="wide"><svg width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>
${parts.join('\n')}
</svg></div>`,
  )
}

function isShown({ type, text }: SimulationEvent): boolean {
  if (type === 'write') return false
  return !['send', 'deliver', 'lose'].includes(type) || !text.startsWith('/')
}

/** Maps moments to heights: time runs evenly but for pauses. */
function scaleOf(events: readonly SimulationEvent[]): (at: number) => number {
  const heights = new Map<number, number>()
  let [last, y] = [0, 0]
  for (const { at, type } of events) {
    y += Math.min((at - last) * pxPerMs, maxPausePx) + (type === 'fault' ? faultPx : 0)
    last = at
    heights.set(at, topPx + y)
  }
  return (at) => heights.get(at) ?? topPx
}

function x(node: number | undefined): number {
  return leftPx + (node ?? 0) * columnPx + columnPx / 2
}

function lifelines({ stats }: SimulationReport, height: number): string[] {
  return stats.blocks.map(
    (blocks, node) =>
      `<line x1="${x(node)}" y1="${topPx - 20}" x2="${x(node)}" y2="${height}" class="life"/>` +
      `<text x="${x(node)}" y="30" class="name">node ${node}</text>` +
      `<text x="${x(node)}" y="46" class="small">${blocks} blocks</text>`,
  )
}

function timesOf(events: readonly SimulationEvent[], yOf: (at: number) => number): string[] {
  const lines: string[] = []
  let last = -Infinity
  for (const { at } of events) {
    const y = yOf(at)
    if (y - last < 40) continue
    last = y
    lines.push(`<text x="${leftPx - 8}" y="${y + 4}" class="time">${at.toFixed(1)}</text>`)
  }
  return lines
}

/** Finds for each message that arrived or was lost the moment of its sending. */
function arrowsOf(events: readonly SimulationEvent[]): Arrow[] {
  const open = new Map<string, SimulationEvent[]>()
  const arrows: Arrow[] = []
  for (const event of events) {
    const { type, node, peer, text } = event
    if (type === 'send') {
      const name = `${node} ${peer} ${text}`
      open.set(name, [...(open.get(name) ?? []), event])
    } else if (type === 'deliver' || type === 'lose') {
      const waiting = open.get(`${peer} ${node} ${text}`)
      // The second copy of a message begins where the first one did.
      const sent = waiting !== undefined && waiting.length > 1 ? waiting.shift() : waiting?.[0]
      if (sent !== undefined) arrows.push({ sent, got: event })
    }
  }
  return arrows
}

function drawArrow({ sent, got }: Arrow, yOf: (at: number) => number): string {
  const kind = sent.text.split(' ')[0] ?? ''
  const lost = got.type === 'lose'
  const [x1, y1, x2, y2] = [x(sent.node), yOf(sent.at), x(got.node), yOf(got.at)]
  const [endX, endY] = lost ? [(x1 + x2) / 2, (y1 + y2) / 2] : [x2, y2]
  const title = `${sent.text}: ${sent.node} at ${sent.at.toFixed(2)} ms → ${got.node} ${lost ? 'lost' : `at ${got.at.toFixed(2)} ms`}`
  return `<line x1="${x1}" y1="${y1}" x2="${endX}" y2="${endY}" class="msg ${kind}${lost ? ' lost' : ''}" marker-end="url(#head)"><title>${escape(title)}</title></line>`
}

function drawMark(event: SimulationEvent, yOf: (at: number) => number, width: number): string {
  const { at, type, node, text } = event
  const y = yOf(at)
  const title = `<title>${escape(`${at.toFixed(2)} ms, node ${node ?? '–'}: ${type} ${text}`)}</title>`
  switch (type) {
    case 'commit':
      return `<g class="commit">${title}<rect x="${x(node) - 5}" y="${y - 5}" width="10" height="10"/><text x="${x(node) + 9}" y="${y + 4}">${escape(text.replace('block ', ''))}</text></g>`
    case 'start':
    case 'crash':
    case 'stop':
      return `<g class="${type}">${title}<circle cx="${x(node)}" cy="${y}" r="7"/><text x="${x(node) + 10}" y="${y + 4}">${escape(text)}</text></g>`
    case 'warning':
      return `<g class="warning">${title}<circle cx="${x(node)}" cy="${y}" r="3"/></g>`
    case 'fault':
    case 'violation':
      return `<g class="${type}">${title}<line x1="${leftPx}" y1="${y}" x2="${width}" y2="${y}"/><text x="${leftPx + 4}" y="${y - 3}">${escape(text)}</text></g>`
    default:
      return ''
  }
}

function page(report: SimulationReport, svg: string): string {
  const { seed, ok, faults, violations, stats, digest } = report
  const boxes = [...Object.keys(colours), 'commit', 'warning'].map(
    (kind) =>
      `<label style="color:${colours[kind] ?? '#57606a'}"><input type="checkbox" checked data-kind="${kind}"> ${kind}</label>`,
  )
  const colourRules = Object.entries(colours).map(([kind, c]) => `.${kind}{stroke:${c}}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Simulation ${escape(seed)}</title>
<style>
body{font:14px system-ui,sans-serif;margin:16px;color:#1f2328;background:#fff}
header{position:sticky;top:0;background:#fffffff0;padding:4px 0;border-bottom:1px solid #d0d7de}
.wide{overflow-x:auto}label{margin-right:14px;white-space:nowrap;display:inline-block}code{color:#57606a}.bad{color:#d1242f}
.life{stroke:#d0d7de;stroke-width:2}.name{text-anchor:middle;font-weight:600}.small{text-anchor:middle;font-size:11px;fill:#57606a}
.time{text-anchor:end;font-size:11px;fill:#57606a}.msg{stroke-width:1.2;opacity:.75}.msg:hover{stroke-width:3;opacity:1}.lost{stroke-dasharray:3 3}
${colourRules.join('')}
.commit rect{fill:#1f2328}.commit text,.start text,.crash text,.stop text{font-size:11px}
.start circle{fill:#2da44e}.crash circle{fill:#d1242f}.stop circle{fill:#bf8700}.warning circle{fill:#bf8700}
.fault line{stroke:#bf8700;stroke-dasharray:6 3}.fault text{fill:#9a6700;font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.violation line{stroke:#d1242f;stroke-width:2}.violation text{fill:#d1242f;font-weight:600}
</style></head><body>
<header><b>Seed ${escape(seed)}</b>, <span${ok ? '>all invariants hold' : ' class="bad">an invariant is broken'}</span>. ${stats.views} views, ${stats.deliveries} messages, ${stats.restarts} restarts, ${Math.round(stats.virtualMs)} virtual ms. <code>${digest.slice(0, 16)}…</code><br>${boxes.join('')}</header>
<ul>${[...violations.map((v) => `<li class="bad">${escape(`${v.invariant}: ${v.text}`)}</li>`), ...faults.map((f) => `<li>${escape(describeFault(f))}</li>`)].join('')}</ul>
${svg}
<script>for(const box of document.querySelectorAll('input'))box.onchange=()=>{for(const e of document.getElementsByClassName(box.dataset.kind))e.style.display=box.checked?'':'none'}</script>
</body></html>
`
}

function escape(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}
