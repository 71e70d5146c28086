import type { ServerResponse } from 'node:http'
import { Ctx, isCanceled, type Clock } from '@zkstack/concurrency'
import { statusContent } from '../page/status-page.js'
import type { StatusReport } from '../status/status-report.js'

/** What an {@link EventStream} takes. */
export interface EventStreamInit {
  readonly clock: Clock
  report(): StatusReport
}

/** Pages that may be open at once. */
const MAX_READERS = 32

/** Time between two pictures, in milliseconds. */
const INTERVAL_MS = 1_000

/** Sends the page's content to every open page, once a second, rendered once for all. */
export class EventStream {
  readonly #o: EventStreamInit
  readonly #ctx: Ctx
  readonly #readers = new Set<ServerResponse>()
  #running: Promise<void> | undefined

  constructor(o: EventStreamInit) {
    this.#o = o
    this.#ctx = Ctx.root({ clock: o.clock })
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Ends the loop; the connections are the server's to close. */
  async stop(): Promise<void> {
    this.#ctx.cancel()
    await this.#running
  }

  /** Makes a response a reader, until its connection closes. */
  attach(response: ServerResponse): void {
    // Its end would never be told: it waits behind another answer of the connection.
    if (response.socket === null) {
      response.writeHead(400, { 'content-type': 'text/plain' })
      response.end('ask again after the answer to the last one\n')
      return
    }
    if (this.#readers.size >= MAX_READERS) {
      response.writeHead(503, { 'content-type': 'text/plain' })
      response.end('too many pages are open\n')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#readers.add(response)
    response.on('close', () => this.#readers.delete(response))
    response.write(this.#picture())
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        await this.#ctx.sleep(INTERVAL_MS)
        this.#send()
      }
    } catch (e) {
      if (!isCanceled(e)) throw e
    }
  }

  #send(): void {
    if (this.#readers.size === 0) return
    const picture = this.#picture()
    for (const reader of this.#readers) {
      // A reader that does not keep up misses pictures instead of filling our memory.
      if (!reader.writableNeedDrain) reader.write(picture)
    }
  }

  #picture(): string {
    return `data: ${JSON.stringify(statusContent(this.#o.report()).toString())}\n\n`
  }
}
