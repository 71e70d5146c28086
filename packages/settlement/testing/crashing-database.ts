import type { BatchOperation, Database } from '../src/storage/database.js'
import { SettlementStorageError } from '../src/storage/settlement-storage-error.js'

/** Where a process dies: at its n-th write, counted from 0, before the write is durable, after it, or with half of it made. */
export interface CrashPoint {
  readonly write: number
  /** `half` breaks the promise of atomic batches: a control, which a checker must notice. */
  readonly when: 'before' | 'after' | 'half'
}

/** A database whose process dies at a point: from then on nothing can be read or written through it. */
export class CrashingDatabase implements Database {
  readonly #inner: Database
  readonly #point: CrashPoint | undefined
  readonly #onCrash: () => void
  #isDead = false
  /** Writes that were begun. */
  writes = 0

  constructor(
    inner: Database,
    o: { readonly point: CrashPoint | undefined; readonly onCrash: () => void },
  ) {
    this.#inner = inner
    this.#point = o.point
    this.#onCrash = o.onCrash
  }

  /** Whether the process is dead. */
  get isDead(): boolean {
    return this.#isDead
  }

  /** Kills the process between two writes. */
  kill(): void {
    this.#isDead = true
    this.#onCrash()
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#checkAlive()
    const values = await this.#inner.getMany(keys)
    this.#checkAlive()
    return values
  }

  async write(batch: readonly BatchOperation[]): Promise<void> {
    this.#checkAlive()
    const isHere = this.writes++ === this.#point?.write
    if (!isHere) return this.#inner.write(batch)
    if (this.#point.when === 'after') await this.#inner.write(batch)
    if (this.#point.when === 'half') await this.#inner.write(batch.slice(0, batch.length >> 1))
    this.kill()
    this.#checkAlive()
  }

  entries(range?: Parameters<Database['entries']>[0]): ReturnType<Database['entries']> {
    this.#checkAlive()
    return this.#inner.entries(range)
  }

  async close(): Promise<void> {
    this.#isDead = true
  }

  #checkAlive(): void {
    if (this.#isDead) throw new SettlementStorageError('STORAGE_CLOSED', 'the process is dead')
  }
}
