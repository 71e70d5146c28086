import { lanes, type Happening, type HappeningKind, type Lane, type Story } from './story.js'

/** What the picture says besides the story. */
export interface PictureOptions {
  /** Of each chain. */
  readonly validators: number
  readonly blocks: { readonly A: bigint; readonly B: bigint }
}

const width = 720
const headHeight = 168
const rowHeight = 62
const epochHeight = 30
const footHeight = 64
const laneX: Readonly<Record<Lane, number>> = { A: 108, B: 164, node: 220, L1: 276 }
const textX = 322
const colours: Readonly<Record<HappeningKind, string>> = {
  deposit: 'money',
  action: 'plain',
  settled: 'settled',
  crash: 'bad',
  restart: 'good',
  reorg: 'bad',
  refused: 'bad',
  withdrawal: 'money',
}

/**
 * The story as SVG, from top to bottom, so that it can be read on a phone: a line for each chain, the settlement node and L1; a row
 * for each thing that happened; a band for each epoch.
 */
export function picture(story: Story, o: PictureOptions): string {
  const { happenings } = story
  const layout = layOut(happenings)
  const height = layout.end + footHeight
  const parts = [
    ...layout.bands.map(epochBand),
    ...lanes.map((lane) => lifeline(lane, happenings, layout)),
    ...happenings.map((happening, i) => row(happening, layout.middles[i] ?? 0)),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${title}">
<style>${style}</style>
<rect width="100%" height="100%" class="paper"/>
${head(story, o)}
${parts.join('\n')}
${foot(story, height)}
</svg>
`
}

const title = 'Two chains settle on L1'

const style = `
svg{--paper:#fff;--band:#f4f6fa;--ink:#1c2330;--dim:#5d6778;--line:#c3cad6;--plain:#3d4a5f;--money:#b26a00;--settled:#2f62c9;--good:#1d8348;--bad:#c62f3b;max-width:100%;height:auto;font-family:system-ui,sans-serif}
@media(prefers-color-scheme:dark){svg{--paper:#12161e;--band:#1a202b;--ink:#eef1f6;--dim:#9aa5b6;--line:#3c4657;--plain:#b4c0d3;--money:#e7a13d;--settled:#7ea6ff;--good:#58c98a;--bad:#ff7380}}
.paper{fill:var(--paper)}.band{fill:var(--band)}text{fill:var(--ink);font-size:21px}.h{font-size:32px;font-weight:650}.d{fill:var(--dim);font-size:18px}.e{fill:var(--dim);font-size:16px;letter-spacing:.06em}.n{font-weight:650;text-anchor:middle}.m{font-size:15px;text-anchor:middle;fill:var(--dim)}.t{fill:var(--dim);font-size:16px;text-anchor:end}
.life{stroke:var(--line);stroke-width:3}.gone{stroke:var(--bad);stroke-width:3;stroke-dasharray:3 7}
.c-plain{--c:var(--plain)}.c-money{--c:var(--money)}.c-settled{--c:var(--settled)}.c-good{--c:var(--good)}.c-bad{--c:var(--bad)}
.dot,.tip{fill:var(--c)}.way{stroke:var(--c);stroke-width:3.5}.x{stroke:var(--c);stroke-width:5;stroke-linecap:round}.back{fill:none;stroke:var(--c);stroke-width:4;stroke-linecap:round;stroke-linejoin:round}.bad .what{fill:var(--bad)}
`.trim()

function head({ held, failures }: Story, { validators, blocks }: PictureOptions): string {
  const verdict =
    failures.length === 0
      ? `${held.length} checks against L1 held`
      : `${failures.length} of ${held.length + failures.length} checks failed`
  const each = validators === 1 ? 'one validator each' : `${validators} validators each`
  const names = lanes.map((lane) => {
    const below =
      lane === 'A' || lane === 'B'
        ? `<text class="m" x="${laneX[lane]}" y="156">${blocks[lane]}</text>`
        : ''
    return `<text class="n" x="${laneX[lane]}" y="136">${lane}</text>${below}`
  })
  return `<text class="h" x="24" y="50">${title}</text>
<text class="d" x="24" y="84">Chains A and B, ${each} · ${verdict}</text>
${names.join('')}<text class="t" x="68" y="156">blocks</text>`
}

function foot({ happenings, atMs }: Story, height: number): string {
  const settled = happenings.filter(({ kind }) => kind === 'settled').length
  const seconds = (atMs / 1000).toFixed(0)
  return `<text class="d" x="24" y="${height - 26}">${settled} certificates settled in ${seconds} s · bands are epochs of L1</text>`
}

/** Where things are, from the top: the middle of each row, and the epochs, each under a line with its number. */
interface Layout {
  readonly middles: readonly number[]
  readonly bands: readonly { readonly epoch: bigint; readonly from: number; readonly to: number }[]
  readonly end: number
}

function layOut(happenings: readonly Happening[]): Layout {
  const middles: number[] = []
  const bands: { readonly epoch: bigint; readonly from: number; to: number }[] = []
  let y = headHeight
  for (const { epoch } of happenings) {
    if (bands.at(-1)?.epoch !== epoch) {
      bands.push({ epoch, from: y, to: y })
      y += epochHeight
    }
    middles.push(y + rowHeight / 2)
    y += rowHeight
    const band = bands.at(-1)
    if (band !== undefined) band.to = y
  }
  return { middles, bands, end: y }
}

/** Every other epoch is shaded. */
function epochBand({ epoch, from, to }: Layout['bands'][number], i: number): string {
  const shade = `<rect class="band" x="0" y="${from}" width="${width}" height="${to - from}"/>`
  return `${i % 2 === 0 ? shade : ''}<text class="e" x="${textX}" y="${from + 23}">epoch ${epoch}</text>`
}

/** A line from top to bottom; broken while the settlement node does not run. */
function lifeline(lane: Lane, happenings: readonly Happening[], { middles, end }: Layout): string {
  const x = laneX[lane]
  const line = (from: number, to: number, kind: 'life' | 'gone'): string =>
    `<line class="${kind}" x1="${x}" y1="${from}" x2="${x}" y2="${to}"/>`
  const middleOf = (kind: HappeningKind): number | undefined =>
    middles[happenings.findIndex((happening) => happening.kind === kind && happening.lane === lane)]
  const [crash, restart] = [middleOf('crash'), middleOf('restart')]
  const [begin, last] = [headHeight - 6, end + 6]
  if (crash === undefined || restart === undefined) return line(begin, last, 'life')
  return [
    line(begin, crash, 'life'),
    line(crash, restart, 'gone'),
    line(restart, last, 'life'),
  ].join('')
}

function row(happening: Happening, y: number): string {
  const { kind, title: what, detail, atMs } = happening
  const colour = colours[kind]
  const lines =
    detail === undefined
      ? `<text class="what" x="${textX}" y="${y + 7}">${escape(what)}</text>`
      : `<text class="what" x="${textX}" y="${y - 4}">${escape(what)}</text><text class="d" x="${textX}" y="${y + 19}">${escape(detail)}</text>`
  const seconds = `<text class="t" x="68" y="${y + 6}">${(atMs / 1000).toFixed(1)} s</text>`
  return `<g class="c-${colour}${colour === 'bad' ? ' bad' : ''}">${seconds}${sign(happening, y)}${lines}</g>`
}

/** An arrow where it leads somewhere; else a dot, a cross for an end, a turned arrow for blocks that go back. */
function sign({ kind, lane, to }: Happening, y: number): string {
  const x = laneX[lane]
  const dot = `<circle class="dot" cx="${x}" cy="${y}" r="8"/>`
  if (to !== undefined) {
    const end = laneX[to]
    const way = Math.sign(end - x)
    const tip = `${end - way * 4},${y} ${end - way * 18},${y - 8} ${end - way * 18},${y + 8}`
    return `${dot}<line class="way" x1="${x}" y1="${y}" x2="${end - way * 16}" y2="${y}"/><polygon class="tip" points="${tip}"/>`
  }
  if (kind === 'crash' || kind === 'refused')
    return `<path class="x" d="M${x - 9} ${y - 9}l18 18m0-18l-18 18"/>`
  if (kind === 'reorg')
    return `<path class="back" d="M${x} ${y + 14}v-10a11 11 0 0 1 22 0v8m-7 -7l7 8l7 -8"/>`
  return dot
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
