import type { ActorKind } from '../actor.js'

/** Says nothing, ever. */
export const silent: ActorKind = {
  name: 'silent member',
  convictions: [],
  create: () => ({ handle: () => [] }),
}
