import { highQcOf, sameReplicaCommit } from '@zkstack/roles'
import type { CommitQC, ProposalJustification, TimeoutQC } from '@zkstack/roles'
import { saveFinalBlock } from './final-block.js'
import type { ChonkyState } from './state.js'
import type { Turn } from './turn.js'

/** Largest view number in a message; the view after it would not fit into 64 bits. */
export const MAX_VIEW = 2n ** 64n - 1n

/** View of the QC that a justification consists of; the justified view is the next. */
export function qcView(justification: ProposalJustification): bigint {
  return justification.type === 'commit'
    ? justification.qc.message.view.number
    : justification.qc.view.number
}

/**
 * The justification with which we would enter the current view: the newer of our high QCs, the CommitQC on a tie.
 *
 * @throws TypeError in view 0, which needs none.
 */
export function currentJustification(state: ChonkyState): ProposalJustification {
  const { highCommitQc: commit, highTimeoutQc: timeout } = state
  if (commit !== undefined) {
    const newer = timeout === undefined || commit.message.view.number >= timeout.view.number
    if (newer) return { type: 'commit', qc: commit }
  }
  if (timeout === undefined) throw new TypeError('no QC justifies the current view')
  return { type: 'timeout', qc: timeout }
}

/**
 * Replaces a CommitQC by the verified one that states the same (rule 18). The result is verified iff `verified`.
 *
 * @see docs/spec/chonky.md D5
 */
export function settleJustification(
  state: ChonkyState,
  justification: ProposalJustification,
): { readonly justification: ProposalJustification; readonly verified: boolean } {
  const known = state.highCommitQc
  if (justification.type === 'commit' && known !== undefined) {
    if (sameReplicaCommit(justification.qc.message, known.message)) {
      return { justification: { type: 'commit', qc: known }, verified: true }
    }
  }
  return { justification, verified: false }
}

/**
 * Whether a justification of the view we are in can change nothing (rule 20).
 *
 * @see docs/spec/chonky.md N3, D4
 */
export function tellsNothingNew(state: ChonkyState, justification: ProposalJustification): boolean {
  const commitView = state.highCommitQc?.message.view.number ?? -1n
  if (justification.type === 'commit') return justification.qc.message.view.number <= commitView
  const embedded = highQcOf(justification.qc)?.message.view.number ?? -1n
  const timeoutView = state.highTimeoutQc?.view.number ?? -1n
  return justification.qc.view.number <= timeoutView && embedded <= commitView
}

/** The view after that of our newest QC: the latest that we may be in; 0 when we have none. */
export function justifiedView({ highCommitQc, highTimeoutQc }: ChonkyState): bigint {
  const commit = highCommitQc?.message.view.number ?? -1n
  const timeout = highTimeoutQc?.view.number ?? -1n
  return (commit > timeout ? commit : timeout) + 1n
}

/** Takes over what a verified justification proves. */
export function processJustification(turn: Turn, justification: ProposalJustification): void {
  if (justification.type === 'commit') processCommitQc(turn, justification.qc)
  else processTimeoutQc(turn, justification.qc)
}

/**
 * Takes over a verified CommitQC if it is newer than ours; the block it finalizes is saved if we hold its payload.
 *
 * @see docs/spec/chonky.md T1
 */
export function processCommitQc(turn: Turn, qc: CommitQC): void {
  const high = turn.state.highCommitQc
  if (high !== undefined && high.message.view.number >= qc.message.view.number) return
  turn.update({ highCommitQc: qc })
  turn.emit({ type: 'finalized', header: qc.message.proposal, view: qc.message.view.number })
  saveFinalBlock(turn, qc)
}

/**
 * Takes over a verified TimeoutQC, and the highest CommitQC embedded in it.
 *
 * @see docs/spec/chonky.md T2
 */
export function processTimeoutQc(turn: Turn, qc: TimeoutQC): void {
  const embedded = highQcOf(qc)
  if (embedded !== undefined) processCommitQc(turn, embedded)
  const high = turn.state.highTimeoutQc
  if (high === undefined || high.view.number < qc.view.number) turn.update({ highTimeoutQc: qc })
}
