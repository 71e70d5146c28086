import { fitLine, type Style } from 'zkstack-example-ledger/demo/styled-line.js'
import type { LineStyle, StoryView } from './story.js'

const styles: Readonly<Record<LineStyle, Style>> = {
  plain: 'dim',
  news: 'bold',
  good: 'good',
  bad: 'dead',
}

/** Writes a line for each thing that happens: the time, then what; in colour where there is a terminal. */
export class LiveView implements StoryView {
  readonly #write: (text: string) => void
  readonly #colour: boolean

  constructor(write: (text: string) => void, colour: boolean) {
    this.#write = write
    this.#colour = colour
  }

  line(atMs: number, text: string, style: LineStyle): void {
    const time = `${(atMs / 1000).toFixed(1).padStart(6)} s  `
    const width = time.length + [...text].length
    const styled = [[time, 'dim'] as const, [text, styles[style]] as const]
    this.#write(`${this.#colour ? fitLine(styled, width, true) : time + text}\n`)
  }
}
