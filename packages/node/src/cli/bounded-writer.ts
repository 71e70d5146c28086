import type { Writable } from 'node:stream'
import type { Clock } from '@zkstack/concurrency'

/** What may wait for a reader, in bytes: minutes of a busy log. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/**
 * Writes to a stream whose reader may stand still. Once too much waits for it, texts are dropped instead of filling our memory; a
 * line of the log tells how many, when there is room again.
 */
export function boundedWriter(
  stream: Pick<Writable, 'write' | 'writableLength'>,
  o: { readonly clock: Clock; readonly maxBytes?: number },
): (text: string) => void {
  const { clock, maxBytes = MAX_WAITING_BYTES } = o
  let dropped = 0
  return (text) => {
    if (stream.writableLength >= maxBytes) {
      dropped++
      return
    }
    if (dropped > 0) {
      const time = new Date(clock.nowUtc()).toISOString()
      const message = 'nobody read the log in time: some of it is lost'
      stream.write(`${JSON.stringify({ time, level: 'warn', message, lines: dropped })}\n`)
      dropped = 0
    }
    stream.write(text)
  }
}
