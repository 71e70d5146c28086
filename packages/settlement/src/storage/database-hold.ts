import type { Database } from './database.js'

/** Holds a database for one user of a role, as long as anything that needs it goes on. */
export class DatabaseHold {
  readonly #database: Database
  readonly #role: string
  #users = 0
  #use: Disposable | undefined

  constructor(database: Database, role: string) {
    this.#database = database
    this.#role = role
  }

  /** The database as its user sees it: everybody may read; whoever writes holds it meanwhile. */
  get database(): Database {
    const database = this.#database
    return {
      getMany: (keys) => database.getMany(keys),
      entries: (range) => database.entries(range),
      write: (batch) => this.during(() => database.write(batch)),
      close: () => database.close(),
    }
  }

  /** Holds it until `work` has ended. @throws SettlementStorageError `STORAGE_LOCKED` while another user has it */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#users === 0) this.#use = this.#database.use?.(this.#role)
    this.#users += 1
    try {
      return await work()
    } finally {
      this.#users -= 1
      if (this.#users === 0) this.#use?.[Symbol.dispose]()
    }
  }
}
