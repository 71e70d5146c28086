import { impliedBlock } from '@zkstack/roles'
import { livingProposals, saveFinalBlock } from './final-block.js'
import { currentJustification, justifiedView } from './justification.js'
import { isAfterEpoch } from './state.js'
import { pruneTally } from './vote-tally.js'
import type { Turn } from './turn.js'

/**
 * Enters the view that our newest QC justifies, if it is later than ours. A TimeoutQC may embed a CommitQC that is newer than
 * itself: whoever stayed in the view after the TimeoutQC would sign for views that are not on its disk.
 *
 * @see docs/spec/chonky.md T2
 */
export function enterJustifiedView(turn: Turn): void {
  const view = justifiedView(turn.state)
  if (view > turn.state.view) startNewView(turn, view)
}

/**
 * Enters a view that one of our high QCs justifies: save, tell the others, restart the timer, lead if it is our turn.
 *
 * @see docs/spec/chonky.md T3
 */
function startNewView(turn: Turn, view: bigint): void {
  const { state } = turn
  turn.update({
    view,
    phase: 'prepare',
    pendingProposal: undefined,
    proposer: undefined,
    seenProposal: undefined,
    proposals: livingProposals(state),
    deadline: turn.now + state.config.viewTimeoutMs,
    votes: {
      commit: pruneTally(state.votes.commit, view),
      timeout: pruneTally(state.votes.timeout, view),
    },
  })
  turn.persist()
  turn.emit({ type: 'viewEntered', view, leader: turn.schedule.leaderAt(view) })
  const justification = currentJustification(turn.state)
  turn.emit({ type: 'broadcast', message: { type: 'replicaNewView', value: { justification } } })
  turn.emit({ type: 'setTimer', at: turn.state.deadline })
  if (turn.schedule.leaderAt(view) === state.config.self) lead(turn)
}

/**
 * Votes to end the current view; repeated every view timeout until it ends.
 *
 * @see docs/spec/chonky.md T4
 */
export function startTimeout(turn: Turn): void {
  const { state } = turn
  const { viewTimeoutMs } = state.config
  turn.update({
    phase: 'timeout',
    pendingProposal: undefined,
    proposer: undefined,
    deadline: turn.now + viewTimeoutMs,
  })
  turn.persist()
  const leader = turn.schedule.leaderAt(state.view)
  turn.emit({ type: 'viewTimedOut', view: state.view, leader })
  broadcastTimeout(turn)
  turn.emit({ type: 'setTimer', at: turn.now + viewTimeoutMs })
}

/** Sends what ends the current view: our justification, except in view 0, and our timeout vote. */
export function broadcastTimeout(turn: Turn): void {
  const { state } = turn
  const { genesis, epoch } = state.config.scope
  if (state.view !== 0n) {
    const justification = currentJustification(state)
    turn.emit({ type: 'broadcast', message: { type: 'replicaNewView', value: { justification } } })
  }
  const value = {
    view: { genesis, number: state.view, epoch },
    highVote: state.highVote,
    highQc: state.highCommitQc,
  }
  turn.emit({ type: 'broadcast', message: { type: 'replicaTimeout', value } })
}

/** As leader of a view just entered: re-propose what the justification demands, or ask for a payload. */
function lead(turn: Turn): void {
  const justification = currentJustification(turn.state)
  const { schedule, firstBlock } = turn.state.config.scope
  const implied = impliedBlock(justification, schedule, firstBlock)
  if (isAfterEpoch(turn.state, implied.number)) return
  if (implied.payload !== undefined) {
    const value = { payload: undefined, justification }
    turn.emit({ type: 'broadcast', message: { type: 'leaderProposal', value } })
    return
  }
  if (implied.number < turn.state.nextBlock) return
  turn.update({ proposer: { step: 'previousBlock', number: implied.number } })
  continueToLead(turn)
}

/** Asks for the payload once the block before is there, unless the epoch turns out to end with that. */
export function continueToLead(turn: Turn): void {
  const { proposer, nextBlock, view, deadline } = turn.state
  if (proposer?.step !== 'previousBlock') return
  if (isAfterEpoch(turn.state, proposer.number)) {
    turn.update({ proposer: undefined })
    return
  }
  if (nextBlock < proposer.number) return
  const { number } = proposer
  turn.update({ proposer: nextBlock === number ? { step: 'payload', number } : undefined })
  if (nextBlock === number) turn.emit({ type: 'propose', view, number, deadline })
}

/** The execution layer answered: propose, unless the view went on without us or there is nothing to propose. */
export function onPayloadProposed(turn: Turn, view: bigint, payload: Uint8Array | undefined): void {
  const { state } = turn
  if (state.proposer?.step !== 'payload' || state.view !== view) return
  turn.update({ proposer: undefined })
  if (payload === undefined || payload.length > state.config.maxPayloadBytes) return
  const value = { payload, justification: currentJustification(state) }
  turn.emit({ type: 'broadcast', message: { type: 'leaderProposal', value } })
}

/**
 * Begins, or begins again after a restart: what was sent before the restart is sent once more (rule 23).
 *
 * @see docs/spec/chonky.md T5
 */
export function onStart(turn: Turn): void {
  const { state } = turn
  if (state.view === 0n) {
    startTimeout(turn)
    return
  }
  turn.update({ deadline: turn.now + state.config.viewTimeoutMs })
  turn.emit({ type: 'setTimer', at: turn.state.deadline })
  if (state.highCommitQc !== undefined) saveFinalBlock(turn, state.highCommitQc)
  if (state.highVote !== undefined && state.highVote.view.number === state.view) {
    turn.emit({ type: 'broadcast', message: { type: 'replicaCommit', value: state.highVote } })
  }
  if (state.phase === 'timeout') {
    broadcastTimeout(turn)
    return
  }
  const justification = currentJustification(state)
  turn.emit({ type: 'broadcast', message: { type: 'replicaNewView', value: { justification } } })
}
