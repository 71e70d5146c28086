import type { StoryView } from './story.js'

/** Writes a line for each thing that happens, for files and pipes: the time, then what. */
export class PlainView implements StoryView {
  readonly #write: (text: string) => void

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  line(atMs: number, text: string): void {
    this.#write(`${formatTime(atMs)}  ${text}\n`)
  }
}

/** Seconds since the start, in ten columns. */
export function formatTime(atMs: number): string {
  return `${(atMs / 1000).toFixed(1).padStart(6)} s`
}
