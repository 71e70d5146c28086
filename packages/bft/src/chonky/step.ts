import type { Input } from './input.js'
import { continuePendingProposal, onPayloadVerified, rejectPending } from './on-leader-proposal.js'
import { onMessage } from './on-message.js'
import { onVerified } from './on-verified.js'
import type { ChonkyState } from './state.js'
import { Turn } from './turn.js'
import type { Transition } from './turn.js'
import { continueToLead, onPayloadProposed, onStart, startTimeout } from './view-change.js'

/**
 * ChonkyBFT: what a replica does about one input. Pure and synchronous; the effects are to be carried out in order.
 *
 * @see docs/spec/chonky.md
 */
export function step(state: ChonkyState, input: Input): Transition {
  const turn = new Turn(state, input.now)
  switch (input.type) {
    case 'start':
      onStart(turn)
      break
    case 'message':
      onMessage(turn, input)
      break
    case 'verified':
      onVerified(turn, input.id, input.result)
      break
    case 'tick':
      onTick(turn)
      break
    case 'blockPersisted':
      turn.update({
        firstBlock: input.first,
        nextBlock: input.next,
        savedBelow: input.next > turn.state.savedBelow ? input.next : turn.state.savedBelow,
        lastBlock: input.last ?? turn.state.lastBlock,
      })
      continuePendingProposal(turn)
      continueToLead(turn)
      break
    case 'payloadVerified':
      onPayloadVerified(turn, input)
      break
    case 'payloadProposed':
      onPayloadProposed(turn, input.view, input.payload)
      break
  }
  return turn.end()
}

/** The timer: ends the view's time, or is early and does nothing. */
function onTick(turn: Turn): void {
  const { pendingProposal: pending, deadline } = turn.state
  if (turn.now < deadline) return
  if (pending?.waitsFor === 'previousBlock') {
    const number = pending.number - 1n
    rejectPending(turn, pending, { code: 'MISSING_PREVIOUS_PAYLOAD', number })
  }
  startTimeout(turn)
}
