import type { EpochScope } from '@zkstack/roles'

/** What a replica knows for the whole of one epoch. */
export interface ReplicaConfig {
  /** Genesis hash, epoch, schedule and first block of the epoch; nothing is ever read in another (rule 1). */
  readonly scope: EpochScope
  /** Our own index in the schedule. */
  readonly self: number
  /** Largest payload that is proposed or voted for, in bytes. */
  readonly maxPayloadBytes: number
  /** How long a view may last before we vote to end it, in milliseconds. Constant: it never backs off. */
  readonly viewTimeoutMs: number
}
