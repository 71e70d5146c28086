import { onLeaderProposal } from './on-leader-proposal.js'
import { onReplicaCommit } from './on-replica-commit.js'
import { onReplicaNewView } from './on-replica-new-view.js'
import { onReplicaTimeout } from './on-replica-timeout.js'
import type { MessageInput } from './input.js'
import type { Arrival } from './state.js'
import type { Turn } from './turn.js'

/**
 * Takes in a message; one that bears our key counts only when we looped it back ourselves (rule 21).
 *
 * @see docs/spec/chonky.md D7
 */
export function onMessage(turn: Turn, input: MessageInput): void {
  const author = turn.schedule.indexOf(input.message.key)
  const arrival: Arrival = { message: input.message, author, carrier: input.carrier }
  if (author === turn.state.config.self && input.carrier !== 'self') {
    turn.reject(arrival, { code: 'OWN_KEY' })
    return
  }
  handleMessage(turn, arrival, false)
}

/** Hands a message to the handler of its type; `checked`: the check its handler asked for has passed. */
export function handleMessage(turn: Turn, arrival: Arrival, checked: boolean): void {
  const { msg } = arrival.message
  switch (msg.type) {
    case 'leaderProposal':
      return onLeaderProposal(turn, arrival, msg.value, checked)
    case 'replicaCommit':
      return onReplicaCommit(turn, arrival, msg.value, checked)
    case 'replicaTimeout':
      return onReplicaTimeout(turn, arrival, msg.value, checked)
    case 'replicaNewView':
      return onReplicaNewView(turn, arrival, msg.value, checked)
  }
}
