import type { ReplicaCommit, ReplicaState } from '@zkstack/roles'
import { sameReplicaCommit } from '@zkstack/roles'
import { replicaStateOf } from '../chonky/state.js'
import type { ChonkyState } from '../chonky/state.js'
import type { InvariantCode, InvariantViolation } from './invariant.js'

const phases = ['prepare', 'commit', 'timeout'] as const

/** Compares the states before and after a step. */
export function checkProgress(
  before: ChonkyState,
  after: ChonkyState,
): readonly InvariantViolation[] {
  if (isUnmoved(before, after)) return []
  const violations = compareStates(replicaStateOf(before), replicaStateOf(after))
  if (after.nextBlock < before.nextBlock) {
    violations.push(moved('CHAIN', 'the blocks on disk', before.nextBlock, after.nextBlock))
  }
  if (after.view > before.view && justifiedView(after) < after.view) {
    const message = `view ${after.view} was entered, but the QCs justify no view above ${justifiedView(after)}`
    violations.push({
      code: 'VIEW_JUSTIFIED',
      message,
      data: { before: before.view, after: after.view },
    })
  }
  return violations
}

/** Compares a state just written with the one that was on disk before. */
export function checkSavedState(
  before: ReplicaState | undefined,
  after: ReplicaState,
): readonly InvariantViolation[] {
  return before === undefined ? [] : compareStates(before, after)
}

function isUnmoved(a: ChonkyState, b: ChonkyState): boolean {
  return (
    a.view === b.view &&
    a.phase === b.phase &&
    a.highVote === b.highVote &&
    a.highCommitQc === b.highCommitQc &&
    a.highTimeoutQc === b.highTimeoutQc &&
    a.nextBlock === b.nextBlock
  )
}

function compareStates(before: ReplicaState, after: ReplicaState): InvariantViolation[] {
  const violations: InvariantViolation[] = []
  const compare = (what: string, a: bigint, b: bigint): void => {
    if (b < a) violations.push(moved('VIEW_ORDER', what, a, b))
  }
  compare('the view', before.view, after.view)
  compare('the high vote', viewOfVote(before.highVote), viewOfVote(after.highVote))
  compare(
    'the high CommitQC',
    viewOfVote(before.highCommitQc?.message),
    viewOfVote(after.highCommitQc?.message),
  )
  compare(
    'the high TimeoutQC',
    before.highTimeoutQc?.view.number ?? -1n,
    after.highTimeoutQc?.view.number ?? -1n,
  )
  if (after.view === before.view && rank(after) < rank(before)) {
    violations.push(moved('VIEW_ORDER', 'the phase', before.phase, after.phase))
  }
  if (isSecondVote(before.highVote, after.highVote)) {
    const number = viewOfVote(after.highVote)
    violations.push(moved('VIEW_ORDER', 'the vote of one view', number, number))
  }
  return violations
}

function isSecondVote(a: ReplicaCommit | undefined, b: ReplicaCommit | undefined): boolean {
  if (a === undefined || b === undefined || a.view.number !== b.view.number) return false
  return !sameReplicaCommit(a, b)
}

function rank({ phase }: ReplicaState): number {
  return phases.indexOf(phase)
}

function viewOfVote(vote: ReplicaCommit | undefined): bigint {
  return vote?.view.number ?? -1n
}

/** The highest view that the QCs of a state justify. */
function justifiedView({ highCommitQc, highTimeoutQc }: ChonkyState): bigint {
  const commit = highCommitQc?.message.view.number ?? -1n
  const timeout = highTimeoutQc?.view.number ?? -1n
  return (commit > timeout ? commit : timeout) + 1n
}

function moved(
  code: InvariantCode,
  what: string,
  before: bigint | string,
  after: bigint | string,
): InvariantViolation {
  const message =
    before === after
      ? `${what} changed: view ${after}`
      : `${what} went back from ${before} to ${after}`
  return { code, message, data: { before, after } }
}
