import type { WriteStream } from 'node:tty'
import { drawFrame, widestFrame } from './frame.js'
import type { DemoSnapshot, DemoView } from './snapshot.js'

const enter = '\x1b[?1049h\x1b[?25l'
const leave = '\x1b[?25h\x1b[?1049l'
/** Terminals that know synchronised updates show each frame whole; the others ignore the request. */
const beginFrame = '\x1b[?2026h\x1b[H'
const endFrame = '\x1b[J\x1b[?2026l'

/** Redraws one box in place, on a screen of its own that leaves the terminal's history alone; the last frame stays visible. */
export class TerminalView implements DemoView {
  readonly #out: WriteStream
  readonly #colour: boolean
  #open = false
  readonly #restore = (): void => {
    if (this.#open) this.#out.write(leave)
    this.#open = false
  }

  constructor(out: WriteStream, colour: boolean) {
    this.#out = out
    this.#colour = colour
    process.once('exit', this.#restore)
  }

  show(snapshot: DemoSnapshot): void {
    const opening = this.#open ? '' : enter
    this.#open = true
    const lines = this.#lines(snapshot)
    // Clears what a longer line left, where there is room: at the right edge it would take the line's own last character.
    const clear = this.#out.columns > widestFrame ? '\x1b[K' : ''
    this.#out.write(
      opening + beginFrame + lines.map((line) => `${line}${clear}\r\n`).join('') + endFrame,
    )
  }

  close(last: DemoSnapshot, lines: readonly string[]): void {
    this.#restore()
    process.off('exit', this.#restore)
    this.#out.write([...this.#lines(last), ...lines, ''].join('\n'))
  }

  #lines(snapshot: DemoSnapshot): string[] {
    return drawFrame(snapshot, { width: this.#out.columns, height: this.#out.rows }, this.#colour)
  }
}
