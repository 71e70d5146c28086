import type { WriteStream } from 'node:tty'
import { fitLine, type Style } from 'zkstack-example-ledger/demo/styled-line.js'
import { drawFrame } from './frame.js'
import { formatTime } from './plain-view.js'
import type { DemoStatus } from './status.js'
import type { LineStyle, StoryView } from './story.js'

const styles: Readonly<Record<LineStyle, Style>> = {
  plain: 'dim',
  news: 'bold',
  good: 'good',
  bad: 'dead',
}

/** Terminals that know synchronised updates show each change whole; the others ignore the request. */
const begin = '\x1b[?2026h'
const end = '\x1b[?2026l'

/** Writes what happens line by line, as a terminal scrolls, and keeps a box with the present beneath it. */
export class TerminalView implements StoryView {
  readonly #out: Pick<WriteStream, 'columns' | 'rows' | 'write'>
  readonly #colour: boolean
  #frame: readonly string[] = []
  /** Lines of the frame that stand on the terminal now. */
  #drawn = 0

  constructor(out: Pick<WriteStream, 'columns' | 'rows' | 'write'>, colour: boolean) {
    this.#out = out
    this.#colour = colour
  }

  line(atMs: number, text: string, style: LineStyle): void {
    const [first = '', ...others] = text.split('\n')
    const styled = [[`${formatTime(atMs)}  `, 'dim'] as const, [first, styles[style]] as const]
    const width = styled.reduce((sum, [segment]) => sum + [...segment].length, 0)
    this.#redraw([fitLine(styled, width, this.#colour), ...others])
  }

  status(status: DemoStatus): void {
    const frame = drawFrame(status, this.#out.columns, this.#colour)
    this.#frame = frame.length + 2 > this.#out.rows ? [] : frame
    this.#redraw([])
  }

  /** Leaves the last frame where it stands. */
  close(): void {
    this.#frame = []
    this.#drawn = 0
  }

  /** Lines above the frame may wrap; the frame has the terminal's width, and never does. */
  #redraw(lines: readonly string[]): void {
    const erase = this.#drawn === 0 ? '' : `\x1b[${this.#drawn}A\r\x1b[J`
    this.#drawn = this.#frame.length
    const text = [...lines, ...this.#frame].map((line) => `${line}\n`).join('')
    this.#out.write(begin + erase + text + end)
  }
}
