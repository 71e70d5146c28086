import { settleJustification, tellsNothingNew } from './justification.js'
import { isOldNewView } from './on-replica-new-view.js'
import type { Arrival, ChonkyState } from './state.js'
import { viewOf } from '@zkstack/roles'

/**
 * Looks again at a check before the verifier spends time on it: `run` it; `pass` it, because what it would prove is
 * proven by now; or `drop` it, because nothing would come of it.
 *
 * Answer `pass` with outcome `valid`, `drop` with a moot result.
 *
 * @see docs/spec/chonky.md D8
 */
export function reviewCheck(state: ChonkyState, id: number): 'run' | 'pass' | 'drop' {
  const pending = state.checks.get(id)
  if (pending === undefined) return 'drop'
  if (pending.of === 'conflict') return 'run'
  if (pending.of === 'votes') {
    const buckets = state.votes[pending.kind].buckets
    const alive = buckets.get(pending.view)?.some((group) => group.check === id) === true
    return alive ? 'run' : 'drop'
  }
  const slot = state.slots.get(pending.slot)
  if (slot === undefined || isMoot(state, slot.checking)) return 'drop'
  const { check } = pending
  if (check.type !== 'message' || check.checkSignature || check.justification === undefined) {
    return 'run'
  }
  return settleJustification(state, check.justification).verified ? 'pass' : 'run'
}

function isMoot(state: ChonkyState, arrival: Arrival): boolean {
  const { msg } = arrival.message
  const view = viewOf(msg).number
  switch (msg.type) {
    case 'replicaCommit':
      return view < state.view || view <= latest(state, 'commit', arrival)
    case 'replicaTimeout':
      return view < state.view || view <= latest(state, 'timeout', arrival)
    case 'leaderProposal':
      return view < state.view || (view === state.view && state.phase !== 'prepare')
    case 'replicaNewView':
      return (
        isOldNewView(state, arrival, msg.value) ||
        (view === state.view && tellsNothingNew(state, msg.value.justification))
      )
  }
}

function latest(state: ChonkyState, kind: 'commit' | 'timeout', arrival: Arrival): bigint {
  return arrival.author === undefined ? -1n : (state.votes[kind].latest[arrival.author] ?? -1n)
}
