import { impliedBlock } from '@zkstack/roles'
import type { ProposalJustification, TimeoutQC } from '@zkstack/roles'
import { toHex } from '@zkstack/crypto'
import type { StepReplica } from '../step-replica.js'
import type { Projection } from './show-spec.js'
import { project, projectedFields, showCommitQc, showCommitVote } from './show-spec.js'
import { commitQcIn, specImpliedBlock, specThresholds } from './spec-rules.js'
import type { SpecReplicas, ReplicaAction } from './spec-replicas.js'
import { justifiedView } from './spec-types.js'
import type {
  SpecCommitQC,
  SpecJustification,
  SpecReplica,
  SpecState,
  SpecTimeoutQC,
} from './spec-types.js'

/** The ways in which specification and implementation are known to differ such that a trace can show it. */
export const divergences = {
  HIGH_VOTE_RULE:
    'the high vote is grouped by block; by whole vote, none included, in the specification',
  EMBEDDED_QCS: 'each timeout vote embeds its CommitQC; a TimeoutQC of the specification holds one',
  NEW_VIEW_OF_OWN_VIEW:
    'a NewView of the current view counts if the leader sent it; never in the specification',
  LATEST_VOTE_ONLY:
    'one vote an author and kind is kept, the latest; all of them in the specification',
  OLD_COMMIT_QC:
    'a CommitQC counts if newer than the highest known; the specification commits by any',
  SAME_VIEW_QC: 'of two QCs of a view the first is kept; the last in the specification',
  PROPOSER_AFTER_TIMEOUT: 'a leader that timed out proposes no more; it may in the specification',
} as const

/** Name of a known divergence. */
export type DivergenceName = keyof typeof divergences

/** A step in which the two differ. */
export interface DifferingStep {
  readonly action: ReplicaAction
  readonly before: SpecReplica
  readonly after: SpecReplica
  readonly state: SpecState
  readonly replicas: SpecReplicas
  /** The implementation before the step. */
  readonly replicaBefore: StepReplica['state']
  /** The fields that differ; none when only a message was not sent. */
  readonly fields: readonly (keyof Projection)[]
}

/**
 * The known divergence that explains why a step came out differently, judged by what the specification did and by what the
 * implementation had been given, and by whether the implementation did what it does in that case. `undefined`: none does.
 */
export function explain(step: DifferingStep): DivergenceName | undefined {
  const { action, before, fields } = step
  const only = (...allowed: (keyof Projection)[]): boolean =>
    fields.every((field) => allowed.includes(field))
  const justification = justificationOf(step)
  if (justification !== undefined && highVotesDiffer(step, justification)) {
    return kept(step, projectedFields) ? 'HIGH_VOTE_RULE' : undefined
  }
  if (action.type === 'proposer_step') {
    return only() && before.phase === 'timeout' ? 'PROPOSER_AFTER_TIMEOUT' : undefined
  }
  // All the others show in the state; a message that alone is missing has no excuse.
  if (fields.length === 0) return undefined
  const known = ['highCommitQc', 'highTimeoutQc', 'committedBlocks'] as const
  if (
    action.type === 'on_new_view' &&
    justifiedView(action.message.justification) === before.view
  ) {
    const leader = step.state.leader.get(before.view) === action.message.sig
    return leader && only(...known) ? 'NEW_VIEW_OF_OWN_VIEW' : undefined
  }
  // An earlier vote is not always dropped: the bucket lives while it is the latest of anybody.
  if (formsQcOfDroppedVotes(step) && kept(step, projectedFields)) return 'LATEST_VOTE_ONLY'
  const taken = qcsTakenOver(step)
  if (only(...known) && taken.timeout !== undefined && hasRivalQcs(step, taken.timeout)) {
    return 'EMBEDDED_QCS'
  }
  if (!kept(step, fields)) return undefined
  if (only('committedBlocks') && bringsOldBlock(step, taken.commit)) return 'OLD_COMMIT_QC'
  if (only('highCommitQc', 'highTimeoutQc') && isOfHighView(step, taken)) return 'SAME_VIEW_QC'
  return undefined
}

/** Whether the implementation left these fields as they were. */
function kept(
  { action, before, replicas }: DifferingStep,
  fields: readonly (keyof Projection)[],
): boolean {
  const ours = project(replicas.state(action.replica, before))
  const was = project(before)
  return fields.every((field) => ours[field] === was[field])
}

/** The justification that an action acts upon. */
function justificationOf(step: DifferingStep): SpecJustification | undefined {
  const { action, before } = step
  if (action.type === 'on_proposal') return action.message.justification
  if (action.type !== 'proposer_step') return undefined
  const { highCommitQc: commit, highTimeoutQc: timeout } = before
  if (commit !== undefined && commit.vote.view >= (timeout?.view ?? 0n)) {
    return { type: 'commit', qc: commit }
  }
  return timeout && { type: 'timeout', qc: timeout }
}

function highVotesDiffer(step: DifferingStep, justification: SpecJustification): boolean {
  if (justification.type !== 'timeout') return false
  const { translator } = step.replicas
  const ours = implied(step, translator.justification(justification, step.state.timeouts))
  const { number, block } = specImpliedBlock(
    justification,
    specThresholds(translator.committee.size),
  )
  return ours !== `${number}/${block ?? 'new'}`
}

function implied(step: DifferingStep, justification: ProposalJustification): string {
  const { translator } = step.replicas
  const { number, payload } = impliedBlock(justification, translator.committee.schedule, 0n)
  return `${number}/${payload === undefined ? 'new' : translator.blockName(toHex(payload))}`
}

/** Whether the specification's quorum needs votes that we dropped, because their authors have voted in later views since. */
function formsQcOfDroppedVotes(step: DifferingStep): boolean {
  const { action, before, after, replicaBefore, replicas } = step
  if (action.type !== 'on_commit' && action.type !== 'on_timeout') return false
  if (after.view === before.view) return false
  const { view } = action.message.vote
  const { latest } = replicaBefore.votes[action.type === 'on_commit' ? 'commit' : 'timeout']
  const dropped = (name: string): boolean => (latest[replicas.translator.index(name)] ?? -1n) > view
  const counted = new Set([action.message.sig, ...countedBefore(step, action)])
  const kept = [...counted].filter((name) => !dropped(name))
  return kept.length < specThresholds(replicas.translator.committee.size).quorum
}

/** Whose earlier votes the specification counts together with the one that arrived. */
function countedBefore(
  { state }: DifferingStep,
  action: Extract<ReplicaAction, { readonly type: 'on_commit' | 'on_timeout' }>,
): readonly string[] {
  const { replica } = action
  if (action.type === 'on_timeout') {
    const votes = state.storedTimeouts.get(replica) ?? []
    return votes.filter(({ vote }) => vote.view === action.message.vote.view).map(({ sig }) => sig)
  }
  const text = showCommitVote(action.message.vote)
  const votes = state.storedCommits.get(replica) ?? []
  return votes.filter(({ vote }) => showCommitVote(vote) === text).map(({ sig }) => sig)
}

interface TakenOver {
  readonly commit: SpecCommitQC | undefined
  readonly timeout: SpecTimeoutQC | undefined
}

/** The QCs that the specification took over in this step. */
function qcsTakenOver({ action, before, after }: DifferingStep): TakenOver {
  if (action.type === 'on_proposal' || action.type === 'on_new_view') {
    const { justification } = action.message
    return {
      commit: commitQcIn(justification),
      timeout: justification.type === 'timeout' ? justification.qc : undefined,
    }
  }
  if (action.type === 'on_commit' && after.view !== before.view) {
    return { commit: after.highCommitQc, timeout: undefined }
  }
  if (action.type === 'on_timeout' && after.view !== before.view) {
    return { commit: after.highTimeoutQc?.highCommitQc, timeout: after.highTimeoutQc }
  }
  return { commit: undefined, timeout: undefined }
}

/** Whether the votes of a TimeoutQC embed different CommitQCs of the highest view, of which each side picks its own. */
function hasRivalQcs(step: DifferingStep, spec: SpecTimeoutQC): boolean {
  const { translator } = step.replicas
  const qc: TimeoutQC = translator.timeoutQc(spec, step.state.timeouts)
  const embedded = qc.entries.flatMap(({ message }) => message.highQc ?? [])
  const highest = spec.highCommitQc?.vote.view
  const texts = embedded
    .filter(({ message }) => message.view.number === highest)
    .map((candidate) => showCommitQc(translator.fromCommitQc(candidate)))
  return new Set(texts).size > 1
}

/** Whether the specification committed a block by a QC that was not newer than its highest. */
function bringsOldBlock({ before, after }: DifferingStep, qc: SpecCommitQC | undefined): boolean {
  const high = before.highCommitQc?.vote.view
  const grew = after.committedBlocks.length === before.committedBlocks.length + 1
  return qc !== undefined && high !== undefined && qc.vote.view <= high && grew
}

/** Whether a QC is of the view of the highest that was known, and the same but for its signers. */
function isOfHighView({ before }: DifferingStep, { commit, timeout }: TakenOver): boolean {
  const high = before.highCommitQc
  const sameCommit =
    commit !== undefined &&
    high !== undefined &&
    showCommitVote(commit.vote) === showCommitVote(high.vote) &&
    showCommitQc(commit) !== showCommitQc(high)
  return sameCommit || (timeout !== undefined && timeout.view === before.highTimeoutQc?.view)
}
