import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'

/** Says everything later than is useful: between half a view timeout and two of them. */
export const late: ActorKind = {
  name: 'late member',
  convictions: [],
  create: (init) =>
    masquerade(init, {
      send: (message, self) => {
        const delay = init.viewTimeoutMs * (0.5 + 1.5 * init.random.float())
        return [self.say(message, self.others, delay)]
      },
    }),
}
