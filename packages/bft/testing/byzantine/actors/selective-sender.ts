import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'

/** In each view it talks to some members only, others than in the view before. */
export const selectiveSender: ActorKind = {
  name: 'selective sender',
  convictions: [],
  create: (init) => {
    let chosen: { readonly view: bigint; readonly victims: readonly number[] } | undefined
    return masquerade(init, {
      send(message, self) {
        const { view } = self.state
        if (chosen?.view !== view) {
          const victims = self.shuffledVictims()
          const count = 1 + (init.random.uint32() % Math.max(1, victims.length - 1))
          chosen = { view, victims: victims.slice(0, count) }
        }
        return [self.say(message, [...chosen.victims, ...init.coalition])]
      },
    })
  },
}
