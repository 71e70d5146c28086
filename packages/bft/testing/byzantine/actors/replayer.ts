import type { Signed } from '@zkstack/roles'
import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'

/** As many messages of others as it keeps. */
const memory = 300

/** Sends again, at random times and to random members, what it heard from others in views long over. */
export const replayer: ActorKind = {
  name: 'replayer of old views',
  convictions: [],
  create: (init) => {
    const heard: Signed[] = []
    return masquerade(init, {
      hear(message, self) {
        if (heard.length < memory) heard.push(message)
        else heard[init.random.uint32() % memory] = message
        if (init.random.float() > 0.3) return []
        return [self.forward(self.pick(heard), [self.pick(self.victims)])]
      },
    })
  },
}
