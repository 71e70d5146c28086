import type { Clock, Ctx } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import { Notifier } from '../notifier.js'
import type { FrameStream } from '../transport/network-transport.js'
import { PartWindow } from './part-window.js'

/** How parts are sent. */
export interface SendPartsOptions {
  /** Waits until the peer may have this part. */
  pass(part: Uint8Array): Promise<void>
  /** Whether the rest is of no use any more. Default: never. */
  isAbandoned?(): boolean
}

/**
 * Sends parts over one stream, no more of them at once than fill the line, so that votes on the same line do not queue behind
 * a payload.
 */
export class PartSender {
  readonly #stream: FrameStream
  readonly #clock: Clock
  readonly #window = new PartWindow()
  readonly #opened = new Notifier()

  constructor(stream: FrameStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
  }

  /** Sends parts, one after another; false when they were abandoned before the last one. */
  async send(ctx: Ctx, parts: Iterable<Uint8Array>, o: SendPartsOptions): Promise<boolean> {
    for (const part of parts) {
      await o.pass(part)
      while (!this.#window.isOpen) await ctx.race(this.#opened.wait())
      if (o.isAbandoned?.() === true) return false
      this.#window.sent(this.#clock.now())
      await ctx.race(this.#stream.send(part))
    }
    return true
  }

  /** The other side has taken the oldest part under way. @throws DecodeError when there is none. */
  taken(): void {
    if (!this.#window.taken(this.#clock.now()))
      throw new DecodeError('MALFORMED', 'no part was under way')
    this.#opened.notify()
  }
}
