import type { ReplicaCommit } from '@zkstack/roles'
import type { ActorKind, ActorSend } from '../actor.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

/** A vote of the same view for a block of the member's own invention. */
function otherVote(vote: ReplicaCommit, self: Masquerade): ReplicaCommit {
  const { committee, payloads, index } = self.init
  const { number } = vote.proposal
  const payload = payloads.valid(number, 2 * committee.size + index)
  return { ...vote, proposal: committee.header(number, payload) }
}

function timeoutsOf(vote: ReplicaCommit | undefined, self: Masquerade): ActorSend[] {
  const { committee } = self.init
  const { view, highCommitQc: highQc } = self.state
  const other = vote && otherVote(vote, self)
  const [first, ...rest] = self.shuffledVictims()
  const say = (highVote: ReplicaCommit | undefined, to: readonly number[]): ActorSend =>
    self.say({ type: 'replicaTimeout', value: committee.timeout(view, { highVote, highQc }) }, to)
  return [say(vote, rest), say(other, first === undefined ? [] : [first]), say(other, rest)]
}

/** Votes for two blocks in each view, and claims two high votes in each timeout; each member gets both, in either order. */
export const doubleVoter: ActorKind = {
  name: 'double voter',
  convictions: ['TWO_COMMITS'],
  create: (init) =>
    masquerade(init, {
      send(message, self) {
        if (message.type === 'replicaTimeout') return timeoutsOf(message.value.highVote, self)
        if (message.type !== 'replicaCommit') return [self.say(message)]
        const other = otherVote(message.value, self)
        const victims = self.shuffledVictims()
        const half = victims.length >> 1
        return [
          self.say(message, victims.slice(0, half)),
          self.say({ type: 'replicaCommit', value: other }, victims),
          self.say(message, [...victims.slice(half), ...init.coalition]),
        ]
      },
    }),
}
