import type { ReplicaNewView } from '@zkstack/roles'
import { validateReplicaNewView } from '@zkstack/roles'
import { isFirstHand } from './blame.js'
import {
  MAX_VIEW,
  processJustification,
  qcView,
  settleJustification,
  tellsNothingNew,
} from './justification.js'
import { requestCheck } from './slots.js'
import type { Arrival, ChonkyState } from './state.js'
import type { Turn } from './turn.js'
import { enterJustifiedView } from './view-change.js'

/**
 * Handles the news that a view is justified. A first-hand one needs only its justification verified (rule 20).
 *
 * @see docs/spec/chonky.md N2 to N6, D3
 */
export function onReplicaNewView(
  turn: Turn,
  arrival: Arrival,
  message: ReplicaNewView,
  checked: boolean,
): void {
  const { state } = turn
  if (arrival.carrier === 'self') return
  const { justification } = message
  const view = qcView(justification) + 1n
  // Origin of the message.
  if (isOldNewView(state, arrival, message)) {
    return turn.reject(arrival, { code: 'OLD', currentView: state.view, phase: state.phase })
  }
  if (arrival.author === undefined) {
    return turn.reject(arrival, { code: 'NON_VALIDATOR_SIGNER' })
  }
  if (view === state.view && tellsNothingNew(state, justification)) {
    return turn.reject(arrival, { code: 'NOTHING_NEW' })
  }
  // Signed part.
  if (view > MAX_VIEW) {
    return turn.reject(arrival, { code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' })
  }
  const valid = validateReplicaNewView(message, state.config.scope)
  if (!valid.ok) {
    return turn.reject(arrival, { code: 'INVALID_MESSAGE', reason: valid.error.code })
  }
  if (!turn.schedule.scheme.isCanonicalSignature(arrival.message.sig)) {
    return turn.reject(arrival, { code: 'INVALID_SIGNATURE' })
  }
  const settled = settleJustification(state, justification)
  const checkSignature = !isFirstHand(arrival)
  if (!checked && (checkSignature || !settled.verified)) {
    const unverified = settled.verified ? undefined : justification
    return requestCheck(turn, arrival, { checkSignature, justification: unverified })
  }
  // Transition.
  processJustification(turn, settled.justification)
  enterJustifiedView(turn)
}

/**
 * Whether a NewView is of a view that is over, or of ours but not from our leader.
 *
 * @see docs/spec/chonky.md N1
 */
export function isOldNewView(
  state: ChonkyState,
  arrival: Arrival,
  message: ReplicaNewView,
): boolean {
  const view = qcView(message.justification) + 1n
  if (view !== state.view) return view < state.view
  return arrival.author !== state.config.scope.schedule.leaderAt(view)
}
