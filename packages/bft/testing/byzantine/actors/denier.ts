import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'

/** Votes for every proposal that it hears of, whatever it has voted for, and claims in timeouts that it has never voted. */
export const denier: ActorKind = {
  name: 'voter who denies its votes',
  convictions: ['COMMIT_AND_TIMEOUT', 'TWO_COMMITS'],
  create: (init) =>
    masquerade(init, {
      send(message, self) {
        if (message.type !== 'replicaTimeout') return [self.say(message)]
        const { value } = message
        return [self.say({ ...message, value: { ...value, highVote: undefined } })]
      },
      hear(message, self) {
        if (message.msg.type !== 'leaderProposal') return []
        const { payload } = message.msg.value
        if (payload === undefined) return []
        const proposal = init.committee.header(self.state.nextBlock, payload)
        const value = init.committee.commit(self.state.view, proposal)
        return [self.say({ type: 'replicaCommit', value })]
      },
    }),
}
