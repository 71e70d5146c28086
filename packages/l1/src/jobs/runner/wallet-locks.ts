import { Semaphore } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'

/** One lock for each wallet: whoever holds it chooses the wallet's next nonce. */
export class WalletLocks {
  readonly #locks = new Map<string, Semaphore>()

  acquire(wallet: Address, o: CallOptions): Promise<Disposable> {
    const key = toHex(wallet)
    const lock = this.#locks.get(key) ?? new Semaphore(1)
    this.#locks.set(key, lock)
    return lock.acquire(o)
  }
}
