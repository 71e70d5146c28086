import type { ActorKind, ActorSend } from '../actor.js'
import { fabricateCommitQc } from '../fabricate-qc.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

/** Views from which votes are refused, as no view would follow. */
const highestView = 2n ** 64n - 1n

function spam(view: bigint, self: Masquerade): ActorSend[] {
  const { committee, coalition, index, payloads } = self.init
  const vote = committee.commit(view, committee.header(view, payloads.valid(view, index)))
  const forger = { committee, coalition, genuine: self.state.highCommitQc }
  const qc = fabricateCommitQc(forger, vote, 'wrong signers')
  const justification = { type: 'commit', qc } as const
  return [
    self.say({ type: 'replicaCommit', value: vote }),
    self.say({ type: 'replicaTimeout', value: committee.timeout(view, { highVote: vote }) }),
    self.say({ type: 'replicaNewView', value: { justification } }),
    self.say({
      type: 'leaderProposal',
      value: { payload: payloads.valid(view, index), justification },
    }),
  ]
}

/** Fills memory, it hopes: votes, new views and proposals of views ever further ahead, in the end of the last ones that exist. */
export const futureViewSpammer: ActorKind = {
  name: 'spammer of future views',
  convictions: ['INVALID_JUSTIFICATION'],
  create: (init) => {
    let ahead = 1n
    return masquerade(init, {
      hear(_, self) {
        if (init.random.float() > 0.05) return []
        ahead += BigInt(init.random.uint32() % 1000)
        if (init.random.float() < 0.001) ahead = 2n ** 63n
        const view = self.state.view + ahead
        return view < highestView ? spam(view, self) : spam(highestView, self)
      },
    })
  },
}
