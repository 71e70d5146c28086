import type { LeaderProposal, ProposalJustification } from '@zkstack/roles'
import { currentJustification } from '../../../src/chonky/justification.js'
import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

/** As many justifications of earlier views as it keeps to propose by. */
const memory = 8

function proposal(justification: ProposalJustification, self: Masquerade): LeaderProposal {
  const { payloads, committee, index } = self.init
  return { payload: payloads.valid(self.state.nextBlock, committee.size + index), justification }
}

/** Proposes in views that it does not lead, and in views that are over; as leader too. */
export const wrongViewProposer: ActorKind = {
  name: 'proposer in wrong views',
  convictions: [],
  create: (init) => {
    const earlier: ProposalJustification[] = []
    return masquerade(init, {
      enter(self) {
        const current = currentJustification(self.state)
        const sends = [
          ...(self.leads
            ? []
            : [self.say({ type: 'leaderProposal', value: proposal(current, self) })]),
          ...(earlier.length === 0
            ? []
            : [self.say({ type: 'leaderProposal', value: proposal(self.pick(earlier), self) })]),
        ]
        earlier.push(current)
        if (earlier.length > memory) earlier.shift()
        return sends
      },
    })
  },
}
