import type { LeaderProposal } from '@zkstack/roles'
import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

/** The proposal with another payload for the same height; `undefined` for a re-proposal, of which there is only one. */
function otherProposal(proposal: LeaderProposal, self: Masquerade): LeaderProposal | undefined {
  if (proposal.payload === undefined) return undefined
  const number = self.state.nextBlock
  const variant = self.init.committee.size + self.init.index
  return { ...proposal, payload: self.init.payloads.valid(number, variant) }
}

function equivocating(witnesses: number): ActorKind['create'] {
  return (init) =>
    masquerade(init, {
      send(message, self) {
        const other =
          message.type === 'leaderProposal' ? otherProposal(message.value, self) : undefined
        if (other === undefined) return [self.say(message)]
        const victims = self.shuffledVictims()
        const half = Math.ceil(victims.length / 2)
        return [
          self.say(message, [...victims.slice(0, half), ...init.coalition]),
          self.say({ type: 'leaderProposal', value: other }, [
            ...victims.slice(half - witnesses),
            ...init.coalition,
          ]),
        ]
      },
    })
}

/** Proposes one block to one half of the correct members and another to the other; one member gets both. */
export const equivocatingLeader: ActorKind = {
  name: 'equivocating leader',
  convictions: ['TWO_PROPOSALS'],
  create: equivocating(1),
}

/** The same, but nobody gets both: nothing can be proven by what a single correct replica saw. */
export const splittingLeader: ActorKind = {
  name: 'equivocating leader whom nobody sees',
  convictions: [],
  create: equivocating(0),
}
