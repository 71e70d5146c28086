import type { Watch } from '@zkstack/concurrency'
import type { Role } from '../consensus-node.js'
import type { Epochs } from './epochs.js'

/** What {@link announceEpochs} takes. */
export interface AnnounceEpochsInit {
  readonly epochs: Epochs
  /** The next block to commit. */
  readonly applied: Watch<bigint>
  /** Epochs of blocks below are only replayed, and passed over. */
  readonly recoverTo: bigint
  /** Whether the node votes in the current epoch. */
  roleNow(): Role
  onEpoch(e: { readonly epoch: bigint; readonly role: Role }): void
}

/** Tells the epoch that rules now, and each that follows, once; returns the end of it. */
export function announceEpochs(o: AnnounceEpochsInit): () => void {
  const { epochs } = o
  let told: bigint | undefined
  const tell = (): void => {
    const epoch = epochs.current?.scope.epoch
    if (epoch === undefined || epoch === told) return
    if (told !== undefined && o.applied.value < o.recoverTo) return
    told = epoch
    o.onEpoch({ epoch, role: o.roleNow() })
  }
  tell()
  return epochs.progress.subscribe(tell)
}
