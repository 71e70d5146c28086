import {
  Channel,
  errorOf,
  isCanceled,
  silentLogger,
  type Ctx,
  type Logger,
} from '@zkstack/concurrency'
import { createBackup, type BackupOptions } from './backup.js'
import type { Database } from './database.js'

/** Takes backups in the background, one at a time; requests that come while one waits are dropped. */
export class BackupEngine {
  readonly #database: Database
  readonly #o: BackupOptions
  readonly #logger: Logger
  readonly #requests = new Channel<void>(1)

  constructor(database: Database, o: BackupOptions & { readonly logger?: Logger | undefined }) {
    this.#database = database
    this.#o = o
    this.#logger = o.logger ?? silentLogger
  }

  /** Asks for a backup of everything written so far. */
  request(): void {
    this.#requests.trySend(undefined)
  }

  /** Takes requested backups until cancelled; one that fails is logged, and the next is tried. */
  async run(ctx: Ctx): Promise<never> {
    for (;;) {
      await this.#requests.receive({ signal: ctx.signal })
      try {
        const { number } = await createBackup(this.#database, this.#o)
        this.#logger.info('took a backup', { number })
      } catch (e) {
        if (isCanceled(e)) throw e
        this.#logger.error('a backup failed', { message: errorOf(e).message })
      }
    }
  }
}
