import { formatElapsed, formatLatency, type DemoSnapshot, type ValidatorRow } from './snapshot.js'
import { drawBox, type Segment } from './styled-line.js'

const marks = { good: '●', busy: '◐', dead: '✖' } as const
const text = (value: bigint | number | undefined): string =>
  value === undefined ? '–' : String(value)

/** A bar of `width` columns of which the given share is filled. */
function bar(share: number, width: number): Segment[] {
  const full = Math.max(0, Math.min(width, Math.round(share * width)))
  return [
    ['█'.repeat(full), 'accent'],
    ['░'.repeat(width - full), 'dim'],
  ]
}

function validatorRow(v: ValidatorRow, highest: bigint): Segment[] {
  const cell = (value: bigint | number | undefined, width: number): string =>
    text(value).padStart(width)
  const share =
    highest > 0n && v.height !== undefined ? Number(v.height + 1n) / Number(highest + 1n) : 0
  return [
    [`${marks[v.health]} ${v.name.padEnd(4)}`, v.health],
    [v.leads ? '★ ' : '  ', 'accent'],
    [v.state.padEnd(12), v.health],
    [cell(v.height, 7)],
    [cell(v.view, 7)],
    [cell(v.peers, 7)],
    [cell(v.pool, 6)],
    ['  '],
    ...bar(share, 16),
  ]
}

/** Wider terminals are not filled, in columns. */
export const widestFrame = 92

/** The whole display as lines of exactly `width` columns, at most `height` of them; the oldest events give way first. */
export function drawFrame(
  s: DemoSnapshot,
  size: { readonly width: number; readonly height: number },
  colour: boolean,
): string[] {
  const highest = s.validators.reduce(
    (max, v) => (v.height !== undefined && v.height > max ? v.height : max),
    0n,
  )
  const fixed: (Segment[] | undefined)[] = [
    [
      ['height ', 'dim'],
      [text(s.height).padEnd(6), 'bold'],
      ['view ', 'dim'],
      [text(s.view).padEnd(6), 'bold'],
      ['leader ', 'dim'],
      [(s.leader ?? '–').padEnd(5), 'accent'],
      ...bar(s.blocks / s.targetBlocks, 20),
      [` ${Math.min(s.blocks, s.targetBlocks)}/${s.targetBlocks} blocks`],
    ],
    [
      ['transfers ', 'dim'],
      [`${s.transfersFinal} final of ${s.transfersSent}`.padEnd(22), 'bold'],
      ['finality ', 'dim'],
      [`p50 ${formatLatency(s.p50Ms)}`.padEnd(12), 'bold'],
      [`p95 ${formatLatency(s.p95Ms)}`.padEnd(12), 'bold'],
      [`${s.blocksPerSecond.toFixed(1)} blocks/s`],
    ],
    [
      [`${formatElapsed(s.elapsedMs)}  `, 'dim'],
      [s.step, 'busy'],
    ],
    undefined,
    [[`${' '.repeat(8)}${'state'.padEnd(12)} height   view  peers  pool`, 'dim']],
    ...s.validators.map((v) => validatorRow(v, highest)),
  ]
  const room = Math.max(0, Math.min(6, size.height - fixed.length - 4))
  const events = room === 0 ? [] : s.events.slice(-room)
  const rows = events.length === 0 ? fixed : [...fixed, undefined]
  for (const event of events)
    rows.push([[`${formatElapsed(event.atMs).padStart(8)}  `, 'dim'], [event.text]])
  const width = Math.max(4, Math.min(size.width, widestFrame))
  return drawBox(s.title, rows, width, colour).slice(0, Math.max(1, size.height - 1))
}
