import type { ReplicaTimeout } from '@zkstack/roles'
import { validateReplicaTimeout } from '@zkstack/roles'
import { needsSoleCheck } from './blame.js'
import { noteSecondVote } from './conflict.js'
import { MAX_VIEW } from './justification.js'
import { requestCheck } from './slots.js'
import type { Arrival } from './state.js'
import type { Turn } from './turn.js'
import { acceptVote } from './votes.js'

/**
 * Handles a vote to end a view. The CommitQC it embeds is verified with its group (rule 9).
 *
 * @see docs/spec/chonky.md V1 to V7
 */
export function onReplicaTimeout(
  turn: Turn,
  arrival: Arrival,
  message: ReplicaTimeout,
  checked: boolean,
): void {
  const { state } = turn
  const { author } = arrival
  // Origin of the message.
  if (author === undefined) return turn.reject(arrival, { code: 'NON_VALIDATOR_SIGNER' })
  const valid = validateReplicaTimeout(message, state.config.scope)
  if (!valid.ok) {
    return turn.reject(arrival, { code: 'INVALID_MESSAGE', reason: valid.error.code })
  }
  const view = message.view.number
  if (view < state.view) {
    return turn.reject(arrival, { code: 'OLD', currentView: state.view, phase: state.phase })
  }
  if (view >= MAX_VIEW) {
    return turn.reject(arrival, { code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' })
  }
  if (view <= (state.votes.timeout.latest[author] ?? -1n)) {
    noteSecondVote(turn, arrival, 'timeout')
    return turn.reject(arrival, { code: 'DUPLICATE_SIGNER', view })
  }
  // Signed part.
  if (!turn.schedule.scheme.isCanonicalSignature(arrival.message.sig)) {
    return turn.reject(arrival, { code: 'INVALID_SIGNATURE' })
  }
  if (!checked && needsSoleCheck(state, arrival)) {
    return requestCheck(turn, arrival, { checkSignature: true, justification: undefined })
  }
  // Transition.
  acceptVote(turn, arrival, { kind: 'timeout', author, message })
}
