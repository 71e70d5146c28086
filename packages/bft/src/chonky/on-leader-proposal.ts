import { bytesEqual } from '@zkstack/crypto'
import { impliedBlock, payloadHashOf, validateLeaderProposal } from '@zkstack/roles'
import type { BlockHeader, LeaderProposal } from '@zkstack/roles'
import { noteContradiction } from './conflict.js'
import { keepProposal } from './final-block.js'
import { MAX_VIEW, processJustification, qcView, settleJustification } from './justification.js'
import type { PayloadVerifiedInput } from './input.js'
import type { Rejection } from './rejection.js'
import { requestCheck } from './slots.js'
import { isAfterEpoch } from './state.js'
import type { Arrival, ChonkyState, PendingProposal } from './state.js'
import type { Turn } from './turn.js'
import { enterJustifiedView } from './view-change.js'

/**
 * Handles the proposal of a leader up to the point where we vote or have to wait.
 *
 * @see docs/spec/chonky.md P6
 */
export function onLeaderProposal(
  turn: Turn,
  arrival: Arrival,
  message: LeaderProposal,
  checked: boolean,
): void {
  const { state } = turn
  const view = qcView(message.justification) + 1n
  // Origin of the message.
  const origin = checkOrigin(state, arrival, view)
  if (origin !== undefined) {
    if (origin.code !== 'INVALID_LEADER') noteContradiction(turn, arrival, state.seenProposal)
    return turn.reject(arrival, origin)
  }
  // Signed part.
  const shape = checkShape(state, arrival, message, view)
  if (shape !== undefined) return turn.reject(arrival, shape)
  const own = arrival.carrier === 'self'
  const settled = settleJustification(state, message.justification)
  if (!checked && !own) {
    const justification = settled.verified ? undefined : message.justification
    return requestCheck(turn, arrival, { checkSignature: true, justification })
  }
  noteContradiction(turn, arrival, state.seenProposal)
  if (view === state.view) turn.update({ seenProposal: arrival.message })
  const { schedule, firstBlock } = state.config.scope
  const implied = impliedBlock(settled.justification, schedule, firstBlock)
  const mismatch = checkPayload(state, message, implied)
  if (mismatch !== undefined) return turn.reject(arrival, mismatch)
  // Transition.
  processJustification(turn, settled.justification)
  enterJustifiedView(turn)
  const { view: currentView, phase } = turn.state
  if (currentView > view) return turn.reject(arrival, { code: 'OLD', currentView, phase })
  turn.update({ seenProposal: arrival.message })
  if (implied.payload !== undefined) {
    vote(turn, { number: implied.number, payload: implied.payload })
    return
  }
  const leader = turn.schedule.leaderAt(view)
  const hash = payloadHashOf(message)
  const { number } = implied
  turn.update({
    pendingProposal: { message, leader, number, hash, waitsFor: 'previousBlock' },
  })
  continuePendingProposal(turn)
}

/** @see docs/spec/chonky.md P1 to P3 */
function checkOrigin(state: ChonkyState, arrival: Arrival, view: bigint): Rejection | undefined {
  if (view < state.view || (view === state.view && state.phase !== 'prepare')) {
    return { code: 'OLD', currentView: state.view, phase: state.phase }
  }
  const correctLeader = state.config.scope.schedule.leaderAt(view)
  if (arrival.author !== correctLeader) return { code: 'INVALID_LEADER', correctLeader }
  if (view === state.view && state.pendingProposal !== undefined) {
    return { code: 'DUPLICATE_SIGNER', view }
  }
  return undefined
}

/** @see docs/spec/chonky.md P4, P5 */
function checkShape(
  state: ChonkyState,
  arrival: Arrival,
  message: LeaderProposal,
  view: bigint,
): Rejection | undefined {
  const payloadBytes = message.payload?.length ?? 0
  if (payloadBytes > state.config.maxPayloadBytes) {
    return { code: 'PROPOSAL_OVERSIZED_PAYLOAD', payloadBytes }
  }
  if (!state.config.scope.schedule.scheme.isCanonicalSignature(arrival.message.sig)) {
    return { code: 'INVALID_SIGNATURE' }
  }
  if (view > MAX_VIEW) return { code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' }
  const valid = validateLeaderProposal(message, state.config.scope)
  return valid.ok ? undefined : { code: 'INVALID_MESSAGE', reason: valid.error.code }
}

/** @see docs/spec/chonky.md P7, P8 */
function checkPayload(
  state: ChonkyState,
  message: LeaderProposal,
  implied: { readonly number: bigint; readonly payload: Uint8Array | undefined },
): Rejection | undefined {
  const { number } = implied
  if (isAfterEpoch(state, number)) return epochOver(state)
  if (number < state.firstBlock) return { code: 'PROPOSAL_ALREADY_PRUNED', number }
  if (implied.payload !== undefined) {
    return message.payload === undefined ? undefined : { code: 'REPROPOSAL_WITH_PAYLOAD' }
  }
  if (message.payload === undefined) return { code: 'MISSING_PAYLOAD' }
  return number < state.nextBlock ? finalAlready(number) : undefined
}

function finalAlready(number: bigint): Rejection {
  return { code: 'INVALID_PAYLOAD', reason: `block ${number} is final already` }
}

/**
 * Has the pending payload judged once the block before it is there, unless the epoch turns out to end before it, or sync has
 * brought the block of its height, too.
 *
 * @see docs/spec/chonky.md P8, P9
 */
export function continuePendingProposal(turn: Turn): void {
  const { pendingProposal: pending, nextBlock, view, deadline } = turn.state
  if (pending?.waitsFor !== 'previousBlock') return
  if (isAfterEpoch(turn.state, pending.number)) {
    turn.update({ pendingProposal: undefined })
    rejectPending(turn, pending, epochOver(turn.state))
    return
  }
  if (nextBlock < pending.number) return
  if (nextBlock > pending.number) {
    turn.update({ pendingProposal: undefined })
    rejectPending(turn, pending, finalAlready(pending.number))
    return
  }
  const { message, number, hash, leader } = pending
  const { payload } = message
  if (payload === undefined) return
  turn.update({ pendingProposal: { ...pending, waitsFor: 'verdict' } })
  turn.emit({ type: 'verifyPayload', view, number, payload, hash, leader, deadline })
}

function epochOver({ lastBlock }: ChonkyState): Rejection {
  return { code: 'EPOCH_OVER', lastBlock: lastBlock ?? 0n }
}

/**
 * The execution layer judged: vote, if the view still waits for that.
 *
 * @see docs/spec/chonky.md P9
 */
export function onPayloadVerified(turn: Turn, input: PayloadVerifiedInput): void {
  const pending = turn.state.pendingProposal
  if (pending?.waitsFor !== 'verdict' || turn.state.view !== input.view) return
  if (!bytesEqual(pending.hash, input.hash)) return
  turn.update({ pendingProposal: undefined })
  const { payload } = pending.message
  if (!input.verdict.ok || payload === undefined) {
    const reason = input.verdict.ok ? 'absent' : input.verdict.reason
    rejectPending(turn, pending, { code: 'INVALID_PAYLOAD', reason })
    return
  }
  const { number, hash } = pending
  if (number < turn.state.nextBlock) {
    rejectPending(turn, pending, finalAlready(number))
    return
  }
  keepProposal(turn, { number, payload, hash })
  vote(turn, { number, payload: hash })
}

/** Reports that a pending proposal came to nothing. */
export function rejectPending(turn: Turn, pending: PendingProposal, rejection: Rejection): void {
  const author = turn.schedule.at(pending.leader)?.key ?? new Uint8Array()
  const { view } = turn.state
  turn.emit({ type: 'rejected', label: 'LeaderProposalV2', author, view, rejection })
}

/**
 * Votes for a block in the current view: saved first, then sent.
 *
 * @see docs/spec/chonky.md P10
 */
function vote(turn: Turn, proposal: BlockHeader): void {
  const { genesis, epoch } = turn.state.config.scope
  const value = { view: { genesis, number: turn.state.view, epoch }, proposal }
  turn.update({ phase: 'commit', highVote: value })
  turn.persist()
  turn.emit({ type: 'broadcast', message: { type: 'replicaCommit', value } })
}
