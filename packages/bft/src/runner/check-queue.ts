import { labelOf } from '@zkstack/roles'
import type { Check } from '../chonky/check.js'

/** A check that waits for the verifier. */
export interface QueuedCheck {
  readonly id: number
  readonly check: Check
}

/** Number of {@link rankOf}'s values. */
const ranks = 5

/**
 * Checks in the order in which they are worth doing: groups of votes, proposals, new views, single votes, evidence; within
 * a rank first come, first served. Single votes are relayed or come from somebody blamed, and good ones can be made without
 * end by a faulty author, so nothing that ends a view may wait for them. Bounded by the state machine, which holds one
 * slot a sender and label (rule 4) and one check a group of votes (rule 8).
 */
export class CheckQueue {
  readonly #queues: QueuedCheck[][] = Array.from({ length: ranks }, () => [])

  /** Number of checks that wait. */
  get size(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0)
  }

  push(check: QueuedCheck): void {
    this.#queues[rankOf(check.check)]?.push(check)
  }

  /** Takes the next check. */
  shift(): QueuedCheck | undefined {
    return this.#queues.find((queue) => queue.length > 0)?.shift()
  }
}

function rankOf(check: Check): number {
  if (check.type === 'votes') return 0
  if (check.type === 'conflict') return 4
  switch (labelOf(check.message.msg)) {
    case 'LeaderProposalV2':
      return 1
    case 'ReplicaNewViewV2':
      return 2
    case 'ReplicaCommitV2':
    case 'ReplicaTimeoutV2':
      return 3
  }
}
