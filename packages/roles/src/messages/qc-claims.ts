import type { Hash32, SignedClaim } from '@zkstack/crypto'
import type { Schedule } from '../schedule/schedule.js'
import type { CommitQC } from './commit-qc.js'
import { hashMsg } from './msg.js'
import type { Signers } from './signers.js'
import type { TimeoutQC } from './timeout-qc.js'

/**
 * What the aggregate of a CommitQC claims, by ascending index. Signers without a place in the schedule are left out, so check
 * the length of the bitmap first.
 */
export function commitQcClaims(qc: CommitQC, schedule: Schedule): SignedClaim[] {
  return claimsOf(qc.signers, schedule, hashMsg({ type: 'replicaCommit', value: qc.message }))
}

/** What the aggregate of a TimeoutQC claims, by ascending index; the bitmaps must be disjoint and of the schedule's length. */
export function timeoutQcClaims(qc: TimeoutQC, schedule: Schedule): SignedClaim[] {
  return qc.entries
    .flatMap(({ message, signers }) =>
      claimsOf(signers, schedule, hashMsg({ type: 'replicaTimeout', value: message })),
    )
    .toSorted((a, b) => a.index - b.index)
}

function claimsOf(signers: Signers, schedule: Schedule, message: Hash32): SignedClaim[] {
  return signers.indices().flatMap((index) => {
    const key = schedule.at(index)?.handle
    return key === undefined ? [] : [{ index, key, message }]
  })
}
