import { bytesEqual } from '@zkstack/crypto'
import type { ConsensusMsg } from '../messages/consensus-msg.js'
import { viewOf } from '../messages/consensus-msg.js'
import { hashMsg } from '../messages/msg.js'
import type { ReplicaCommit } from '../messages/replica-commit.js'
import { sameReplicaCommit } from '../messages/replica-commit.js'
import type { ReplicaTimeout } from '../messages/replica-timeout.js'

/**
 * The contradictions that no honest validator signs: two commits of one view with different proposals; two different
 * proposals of one view; two timeouts of one view with different high votes; a commit, and a timeout of its view or a
 * later one whose high vote is absent, older, or of that view and another.
 */
export type ConflictKind = 'TWO_COMMITS' | 'TWO_PROPOSALS' | 'TWO_TIMEOUTS' | 'COMMIT_AND_TIMEOUT'

/**
 * How two messages of one author contradict each other, in either order; `undefined` when an honest validator may have
 * signed both. Messages of different chains or epochs never do, nor do two timeouts that differ in their high QC only, nor
 * two NewViews.
 *
 * @see docs/spec/chonky.md, rule 16
 */
export function conflictOf(a: ConsensusMsg, b: ConsensusMsg): ConflictKind | undefined {
  if (!sameChain(a, b)) return undefined
  if (a.type === 'replicaCommit' && b.type === 'replicaTimeout') {
    return deniesCommit(b.value, a.value) ? 'COMMIT_AND_TIMEOUT' : undefined
  }
  if (a.type === 'replicaTimeout' && b.type === 'replicaCommit') return conflictOf(b, a)
  if (viewOf(a).number !== viewOf(b).number) return undefined
  if (a.type === 'replicaCommit' && b.type === 'replicaCommit') {
    return sameReplicaCommit(a.value, b.value) ? undefined : 'TWO_COMMITS'
  }
  if (a.type === 'replicaTimeout' && b.type === 'replicaTimeout') {
    return sameHighVote(a.value.highVote, b.value.highVote) ? undefined : 'TWO_TIMEOUTS'
  }
  if (a.type === 'leaderProposal' && b.type === 'leaderProposal') {
    return bytesEqual(hashMsg(a), hashMsg(b)) ? undefined : 'TWO_PROPOSALS'
  }
  return undefined
}

function sameChain(a: ConsensusMsg, b: ConsensusMsg): boolean {
  const [one, other] = [viewOf(a), viewOf(b)]
  return one.epoch === other.epoch && bytesEqual(one.genesis, other.genesis)
}

/** Whether a timeout, of the view of a commit or a later one, says that its author did not cast that vote. */
function deniesCommit({ view, highVote }: ReplicaTimeout, commit: ReplicaCommit): boolean {
  if (view.number < commit.view.number) return false
  if (highVote === undefined || highVote.view.number < commit.view.number) return true
  return highVote.view.number === commit.view.number && !sameReplicaCommit(highVote, commit)
}

function sameHighVote(a: ReplicaCommit | undefined, b: ReplicaCommit | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameReplicaCommit(a, b)
}
