import { Semaphore } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'

/** How much of a prover may be asked at once. */
export interface ProvingLimits {
  /** Requests that are proven at once; default 100. */
  readonly maxConcurrent?: number
  /** Requests that may wait besides; default 100. */
  readonly maxBuffered?: number
}

/** Lets a few work at once and a few wait, and turns the others away. First come, first served. */
export class ProvingQueue {
  readonly #slots: Semaphore
  readonly #maxBuffered: number

  constructor({ maxConcurrent = 100, maxBuffered = 100 }: ProvingLimits) {
    this.#slots = new Semaphore(maxConcurrent)
    this.#maxBuffered = maxBuffered
  }

  /**
   * Works in its turn, or says at once that there is no place left. A slot is free again when the work has ended, whether
   * somebody still waits for it or not.
   */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<Result<T, 'FULL'>> {
    const free = this.#slots.tryAcquire()
    if (free === undefined && this.#slots.waiting >= this.#maxBuffered) return err('FULL')
    using _slot = free ?? (await this.#slots.acquire({ signal }))
    return ok(await work())
  }
}
