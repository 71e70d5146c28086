import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'

/** Proposes to one member after the other, the last just before the view times out. */
export const slowDripLeader: ActorKind = {
  name: 'slow-drip leader',
  convictions: [],
  create: (init) =>
    masquerade(init, {
      send(message, self) {
        if (message.type !== 'leaderProposal') return [self.say(message)]
        const members = [...init.coalition, ...self.shuffledVictims()]
        return members.map((to, i) =>
          self.say(message, [to], (0.95 * init.viewTimeoutMs * (i + 1)) / members.length),
        )
      },
    }),
}
