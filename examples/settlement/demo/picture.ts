import { toHex } from '@zkstack/crypto'
import type { DemoLog } from './demo-log.js'

/** What the picture shows besides certificates. */
export interface PictureOptions {
  readonly log: DemoLog
  readonly chains: readonly {
    readonly name: string
    readonly networkId: number
    readonly height: bigint
  }[]
  readonly epochs: readonly { readonly epoch: bigint; readonly atMs: number }[]
}

const width = 1100
const left = 130
const rowHeight = 110
const top = 70

/** The chains, the epochs of L1, and the settled certificates over time, as SVG. */
export function picture({ log, chains, epochs }: PictureOptions): string {
  const endMs = log.nowMs
  const x = (ms: number): number => Math.round(left + ((width - left - 30) * ms) / endMs)
  const height = top + rowHeight * (chains.length + 1) + 30 + 18 * log.notes.length
  const bottom = top + rowHeight * (chains.length + 1) - 20
  const lines = epochs.map(
    ({ epoch, atMs }) =>
      `<line x1="${x(atMs)}" y1="40" x2="${x(atMs)}" y2="${bottom}" stroke="#d8dee9"/><text x="${x(atMs) + 3}" y="52" class="s">${epoch}</text>`,
  )
  const l1 = top + rowHeight * chains.length
  const rows = chains.map(({ name, networkId, height: blocks }, row) => {
    const y = top + rowHeight * row + 30
    const marks = log.settled
      .filter((mark) => mark.networkId === networkId)
      .map(({ header, atMs }) => {
        const id = toHex(header.certificateId).slice(0, 8)
        const place = `epoch ${header.epochNumber ?? '?'}, index ${header.certificateIndex ?? '?'}`
        return `<line x1="${x(atMs)}" y1="${y}" x2="${x(atMs)}" y2="${l1 + 30}" stroke="#5e81ac" stroke-dasharray="3 3"/><rect x="${x(atMs) - 34}" y="${y - 14}" width="68" height="28" rx="5" fill="#5e81ac"/><text x="${x(atMs)}" y="${y - 2}" class="w">#${header.height}</text><text x="${x(atMs)}" y="${y + 9}" class="w">${id}</text><title>${place}</title>`
      })
    return `<text x="10" y="${y + 4}">${name} (${networkId})</text><text x="10" y="${y + 20}" class="s">${blocks} blocks</text><line x1="${left}" y1="${y}" x2="${width - 30}" y2="${y}" stroke="#4c566a" stroke-width="2"/>${marks.join('')}`
  })
  const notes = log.notes.map(({ text, atMs }, i) => {
    const y = l1 + 70 + 18 * i
    return `<circle cx="${x(atMs)}" cy="${l1 + 30}" r="5" fill="#bf616a"/><text x="${x(atMs)}" y="${l1 + 20}" class="s">${i + 1}</text><text x="${left}" y="${y}" class="s">${i + 1}  ${(atMs / 1000).toFixed(1)} s  ${escape(text)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14"><style>.s{font-size:11px;fill:#4c566a}.w{font-size:10px;fill:#fff;text-anchor:middle}</style><rect width="100%" height="100%" fill="#fff"/><text x="10" y="24">Certificates settled on L1; lines are epochs</text>${lines.join('')}${rows.join('')}<text x="10" y="${l1 + 34}">L1</text><line x1="${left}" y1="${l1 + 30}" x2="${width - 30}" y2="${l1 + 30}" stroke="#2e3440" stroke-width="3"/>${notes.join('')}</svg>\n`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
