import { SettlementStorageError } from './settlement-storage-error.js'

/** Knows who uses an open database, so that nobody of the same role comes beside. */
export class DatabaseUsers {
  readonly #roles = new Set<string>()

  /** @throws SettlementStorageError `STORAGE_LOCKED` while the role is taken. */
  add(role: string): Disposable {
    if (this.#roles.has(role)) {
      const message = `the database is in use by another ${role} of this process: each needs its own`
      throw new SettlementStorageError('STORAGE_LOCKED', message)
    }
    this.#roles.add(role)
    return {
      [Symbol.dispose]: () => {
        this.#roles.delete(role)
      },
    }
  }
}
