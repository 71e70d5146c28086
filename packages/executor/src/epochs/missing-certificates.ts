import type { Ctx } from '@zkstack/concurrency'
import type { EpochCertificateDesk } from '@zkstack/network'
import {
  encodeEpochCertificate,
  epochScopeOf,
  verifyEpochRecord,
  type EpochCertificate,
  type Genesis,
} from '@zkstack/roles'
import type { EpochStore } from '@zkstack/storage'
import type { Epochs } from './epochs.js'

/** What {@link MissingCertificates} takes. */
export interface MissingCertificatesInit {
  readonly genesis: Pick<Genesis, 'hash'>
  readonly epochs: Pick<Epochs, 'current' | 'changed'>
  readonly store: EpochStore
  /** Asks peers for the certificate of an epoch until one is taken. */
  want(epoch: bigint): void
  /** Lets other work run; awaited after each record, since reading one decodes the keys of a committee. */
  yieldTurn(): Promise<void>
}

/** Epochs before the current one that are looked through at the start. */
const LOOKED_BACK = 256n

/**
 * The certificates that a node did not gather because it was away when a committee handed over: it gets them from others, which keep
 * them, so that it can serve light clients too. Nothing waits for them.
 */
export class MissingCertificates implements EpochCertificateDesk {
  readonly #o: MissingCertificatesInit

  constructor(o: MissingCertificatesInit) {
    this.#o = o
  }

  async get(epoch: bigint): Promise<Uint8Array | undefined> {
    const certificate = (await this.#o.store.get(epoch))?.certificate
    return certificate && encodeEpochCertificate(certificate)
  }

  async take(epoch: bigint, certificate: EpochCertificate): Promise<boolean> {
    const { store, genesis } = this.#o
    const [record, before] = await Promise.all([store.get(epoch), store.get(epoch - 1n)])
    // Nothing to compare it with, or gathered meanwhile: whoever gave it is not to blame.
    if (!record || !before || record.certificate !== undefined) return true
    const certified = { ...record, certificate }
    if (!verifyEpochRecord(certified, epochScopeOf(before, genesis.hash)).ok) return false
    await store.save(certified)
    return true
  }

  /** Wants what is missing, of each epoch that has begun, until cancelled. @throws StorageError when the store fails. */
  async run(ctx: Ctx): Promise<never> {
    const { epochs } = this.#o
    let next: bigint | undefined
    for await (const _ of epochs.changed.changes({ signal: ctx.signal })) {
      const current = epochs.current?.scope.epoch
      if (current === undefined) continue
      next ??= current > LOOKED_BACK ? current - LOOKED_BACK : 0n
      for (; next <= current; next += 1n) {
        if (await this.#isMissing(next)) this.#o.want(next)
        await ctx.race(this.#o.yieldTurn())
      }
    }
    throw new TypeError('a watch never ends')
  }

  /** Whether an epoch has a record without a certificate, and one before it by which that could be verified. */
  async #isMissing(epoch: bigint): Promise<boolean> {
    const { store } = this.#o
    const record = await store.get(epoch)
    if (record === undefined || record.certificate !== undefined || epoch === 0n) return false
    return (await store.get(epoch - 1n)) !== undefined
  }
}
