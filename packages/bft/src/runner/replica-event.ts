import type { ZkStackError } from '@zkstack/concurrency'
import type { BlockHeader, Evidence } from '@zkstack/roles'
import type { InvariantViolation } from '../monitor/invariant.js'
import type { BlameRule } from '../chonky/effect.js'

/** What a replica tells its embedder. Validators are named by their public key. */
export type ReplicaEvent =
  /** A block is final; the block queue tells when it is on disk. */
  | { readonly type: 'finalized'; readonly header: BlockHeader; readonly view: bigint }
  /** A view began. */
  | { readonly type: 'viewEntered'; readonly view: bigint; readonly leader: Uint8Array }
  /** The time of a view ran out, for the first or a further time. */
  | { readonly type: 'viewTimeout'; readonly view: bigint; readonly leader: Uint8Array }
  /** A validator sent something that no honest one sends (rule 14). */
  | { readonly type: 'misbehaved'; readonly key: Uint8Array; readonly rule: BlameRule }
  /** Two signed messages that prove a fault to anybody (rule 16). */
  | ({ readonly type: 'evidence' } & Evidence)
  /** What must never happen did; the replica stops after it. */
  | { readonly type: 'invariant'; readonly violation: InvariantViolation }
  /** The signer or the execution layer failed; the replica goes on. */
  | { readonly type: 'warning'; readonly error: ZkStackError }
