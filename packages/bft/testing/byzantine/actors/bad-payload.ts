import type { ActorKind } from '../actor.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

function proposing(payload: (self: Masquerade) => Uint8Array | undefined): ActorKind['create'] {
  return (init) =>
    masquerade(init, {
      send(message, self) {
        if (message.type !== 'leaderProposal') return [self.say(message)]
        return [self.say({ ...message, value: { ...message.value, payload: payload(self) } })]
      },
    })
}

/** As leader, proposes what the execution layer refuses; re-proposals get a payload that they must not have. */
export const invalidPayloadProposer: ActorKind = {
  name: 'proposer of invalid payloads',
  convictions: [],
  create: proposing((self) => self.init.payloads.invalid(self.state.nextBlock)),
}

/** As leader, proposes one byte more than the limit. */
export const oversizePayloadProposer: ActorKind = {
  name: 'proposer of oversize payloads',
  convictions: [],
  create: proposing((self) => new Uint8Array(self.init.maxPayloadBytes + 1)),
}

/** As leader, proposes no payload where a new block is due. */
export const missingPayloadProposer: ActorKind = {
  name: 'proposer without payload',
  convictions: [],
  create: proposing(() => undefined),
}
