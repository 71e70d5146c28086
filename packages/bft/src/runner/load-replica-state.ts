import { bytesEqual } from '@zkstack/crypto'
import { verifyCommitQC, verifyTimeoutQC } from '@zkstack/roles'
import type { EpochScope, ReplicaState, VerifiedQcs, View } from '@zkstack/roles'
import type { ReplicaStateStore } from '@zkstack/storage'
import { ReplicaError } from './errors.js'

/** Where a replica's state is, and by what it is judged. */
export interface LoadReplicaStateInit {
  readonly store: ReplicaStateStore
  readonly scope: EpochScope
  readonly validator: Uint8Array
  /** Takes the loaded QCs, each verified here once. */
  readonly verified: VerifiedQcs
}

/**
 * Loads what a replica persisted in this epoch, `undefined` when it never ran in it (rule 23). Whatever is on disk and
 * wrong stops the replica: starting afresh could vote twice.
 *
 * @throws ReplicaError `EPOCH_SUPERSEDED`, `REPLICA_STATE_INVALID`; StorageError when the store cannot be read.
 */
export async function loadReplicaState(
  init: LoadReplicaStateInit,
): Promise<ReplicaState | undefined> {
  const { store, scope, validator } = init
  const { genesis, epoch } = scope
  const highest = await store.highestEpoch(genesis, validator)
  if (highest !== undefined && highest > epoch) {
    const problem = `epoch ${epoch} is over: state of epoch ${highest} is on disk`
    throw new ReplicaError('EPOCH_SUPERSEDED', problem)
  }
  const state = await store.load({ genesis, validator, epoch })
  if (state === undefined) {
    if (highest !== epoch) return undefined
    throw invalid(`state of epoch ${epoch} was written but cannot be found`)
  }
  checkLoadedState(state, init)
  return state
}

function checkLoadedState(state: ReplicaState, init: LoadReplicaStateInit): void {
  const { scope, verified } = init
  const { highVote, highCommitQc, highTimeoutQc, view } = state
  if (state.epoch !== scope.epoch) throw invalid(`it is of epoch ${state.epoch}`)
  if (highVote !== undefined) checkView(highVote.view, 'highVote', state, scope)
  if (highCommitQc !== undefined) {
    const result = verifyCommitQC(highCommitQc, scope, { verified })
    if (!result.ok) throw invalid(`highCommitQc: ${result.error.code}`)
  }
  if (highTimeoutQc !== undefined) {
    const result = verifyTimeoutQC(highTimeoutQc, scope, { verified })
    if (!result.ok) throw invalid(`highTimeoutQc: ${result.error.code}`)
  }
  const commitView = highCommitQc?.message.view.number ?? -1n
  const timeoutView = highTimeoutQc?.view.number ?? -1n
  if (commitView < view - 1n && timeoutView < view - 1n) {
    throw invalid(`no QC justifies view ${view}`)
  }
  if (state.phase === 'commit' && highVote?.view.number !== view) {
    throw invalid(`in phase commit without a vote of view ${view}`)
  }
}

function checkView(own: View, name: string, state: ReplicaState, scope: EpochScope): void {
  if (!bytesEqual(own.genesis, scope.genesis) || own.epoch !== scope.epoch) {
    throw invalid(`${name} is of another chain or epoch`)
  }
  if (own.number > state.view) throw invalid(`${name} is of view ${own.number}, ahead of ours`)
}

function invalid(problem: string): ReplicaError {
  return new ReplicaError('REPLICA_STATE_INVALID', `persisted replica state: ${problem}`)
}
