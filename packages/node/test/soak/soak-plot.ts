import type { Fault } from './fault-plan.js'
import { WARM_UP } from './soak-report.js'
import type { SoakRecord } from './soak-record.js'

const WIDTH = 960
const LEFT = 70
const RIGHT = 16
const PANEL = 190
const GAP = 46
const TOP = 88

const lineColours = ['#2a6fdb', '#d1495b', '#2e8b57', '#b8860b', '#7b4fb5', '#00829b']
const bandColours: Readonly<Record<Fault['kind'], string>> = {
  kill: '#d1495b',
  pause: '#e0a100',
  cut: '#5b6b80',
}

/** A value of one process of a node. */
interface Dot {
  readonly node: number
  readonly life: number
  readonly minute: number
  readonly value: number
}

interface Panel {
  readonly title: string
  dots(record: SoakRecord): readonly Dot[]
}

const MEBIBYTE = 1024 * 1024

const panels: readonly Panel[] = [
  {
    title: 'blocks committed',
    dots: (record) =>
      record.usage.flatMap(({ usage, committed, ...of }) =>
        usage === undefined || committed < 0 ? [] : [{ ...of, value: committed }],
      ),
  },
  {
    title: 'memory alive after a full collection, MiB',
    dots: (record) =>
      record.memory.map(({ memory: { objects, external }, ...of }) => ({
        ...of,
        value: (objects + external) / MEBIBYTE,
      })),
  },
  {
    title: 'resident memory after it, but for files, MiB',
    dots: (record) =>
      record.memory.map(({ memory, ...of }) => ({ ...of, value: memory.own / MEBIBYTE })),
  },
  {
    title: 'open files',
    dots: (record) =>
      record.usage.flatMap(({ usage, ...of }) =>
        usage === undefined ? [] : [{ ...of, value: usage.openFiles }],
      ),
  },
]

/** Blocks, memory and open files of all nodes over time, with the faults behind them, as SVG. */
export function soakPlot(record: SoakRecord): string {
  const nodes = [...new Set(record.usage.map(({ node }) => node))]
  const height = TOP + panels.length * (PANEL + GAP)
  const legend = nodes.map((node, i) => legendEntry(`v${node + 1}`, LEFT + i * 52, colourOf(node)))
  const bands = (['kill', 'pause', 'cut'] as const).map((kind, i) =>
    bandEntry(kind, LEFT + nodes.length * 52 + 24 + i * 78),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1c2430">
<rect width="${WIDTH}" height="${height}" rx="10" fill="#ffffff"/>
<text x="${LEFT}" y="28" font-size="17" font-weight="600">${nodes.length} validators, ${record.minutes.toFixed(0)} minutes of faults</text>
${legend.join('')}${bands.join('')}
${panels.map((panel, i) => panelOf(panel, record, nodes, TOP + i * (PANEL + GAP))).join('\n')}
</svg>
`
}

function panelOf(
  { title, dots }: Panel,
  record: SoakRecord,
  nodes: readonly number[],
  top: number,
): string {
  const all = dots(record)
  const highest = all.reduce((most, { value }) => Math.max(most, value), 1)
  const step = niceStep(highest / 4)
  const limit = Math.ceil(highest / step) * step
  const x = (minute: number): number => xOf(minute, record)
  const y = (v: number): number => top + PANEL - (v / limit) * PANEL
  const grid = Array.from({ length: Math.round(limit / step) + 1 }, (_, i) => i * step).map(
    (v) =>
      `<path d="M${LEFT} ${y(v).toFixed(1)}H${WIDTH - RIGHT}" stroke="#d5dae1" stroke-width="1"/>` +
      `<text x="${LEFT - 8}" y="${(y(v) + 4).toFixed(1)}" text-anchor="end" fill="#5a6675">${v}</text>`,
  )
  const lines = nodes.flatMap((node) =>
    livesOf(all, node).map((life) => {
      const points = life.map(
        ({ minute, value }) => `${x(minute).toFixed(1)},${y(value).toFixed(1)}`,
      )
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colourOf(node)}" stroke-width="1.4"/>`
    }),
  )
  const warm = x(record.minutes * WARM_UP)
  return [
    `<text x="${LEFT}" y="${top - 8}" font-weight="600">${title}</text>`,
    bandsOf(record, top),
    ...grid,
    ...lines,
    `<path d="M${warm.toFixed(1)} ${top}V${top + PANEL}" stroke="#5a6675" stroke-dasharray="3 3"/>`,
    timeAxis(record, top + PANEL),
  ].join('')
}

/** One process after the other: a line does not join them. */
function livesOf(dots: readonly Dot[], node: number): readonly Dot[][] {
  const lives = new Map<number, Dot[]>()
  for (const dot of dots) {
    if (dot.node !== node) continue
    const life = lives.get(dot.life) ?? []
    life.push(dot)
    lives.set(dot.life, life)
  }
  return [...lives.values()]
}

function bandsOf(record: SoakRecord, top: number): string {
  return record.episodes
    .map(({ fromMinute, healedMinute, kinds }) => {
      const [from, to] = [xOf(fromMinute, record), xOf(healedMinute, record)]
      const width = Math.max(1, to - from).toFixed(1)
      const share = PANEL / kinds.length
      return kinds
        .map(
          (kind, i) =>
            `<rect x="${from.toFixed(1)}" y="${(top + i * share).toFixed(1)}" width="${width}" height="${share.toFixed(1)}" fill="${bandColours[kind]}" opacity="0.16"/>`,
        )
        .join('')
    })
    .join('')
}

function timeAxis(record: SoakRecord, bottom: number): string {
  const step = niceStep(record.minutes / 8)
  const count = Math.floor(record.minutes / step) + 1
  return Array.from({ length: count }, (_, i) => i * step)
    .map((minute) => {
      const at = xOf(minute, record).toFixed(1)
      return `<text x="${at}" y="${bottom + 18}" text-anchor="middle" fill="#5a6675">${minute === 0 ? '0 min' : Number(minute.toFixed(2))}</text>`
    })
    .join('')
}

function xOf(minute: number, { minutes }: SoakRecord): number {
  return LEFT + (minute / minutes) * (WIDTH - LEFT - RIGHT)
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= rough) ?? 10
  return factor * power
}

function colourOf(node: number): string {
  return lineColours[node % lineColours.length] ?? '#000000'
}

function legendEntry(text: string, x: number, colour: string): string {
  return `<path d="M${x} 46h16" stroke="${colour}" stroke-width="3"/><text x="${x + 21}" y="50">${text}</text>`
}

function bandEntry(kind: Fault['kind'], x: number): string {
  return `<rect x="${x}" y="38" width="16" height="14" fill="${bandColours[kind]}" opacity="0.3"/><text x="${x + 21}" y="50">${kind}</text>`
}
