import type { ProposalJustification, ReplicaCommit } from '@zkstack/roles'
import type { ActorKind } from '../actor.js'
import {
  commitQcFabrications,
  fabricateCommitQc,
  fabricateTimeoutQc,
  timeoutQcFabrications,
} from '../fabricate-qc.js'
import type { Forger } from '../fabricate-qc.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

function forgerOf(self: Masquerade): Forger {
  const { committee, coalition } = self.init
  return { committee, coalition, genuine: self.state.highCommitQc }
}

/** A vote of a view for a block of its own invention, somewhat above the last final one. */
function claim(view: bigint, self: Masquerade): ReplicaCommit {
  const { committee, payloads, index, random } = self.init
  const number = self.state.nextBlock + BigInt(random.uint32() % 3)
  return committee.commit(
    view,
    committee.header(number, payloads.valid(number, 3 * committee.size + index)),
  )
}

function fabricate(self: Masquerade): ProposalJustification {
  const view = self.state.view + BigInt(self.init.random.uint32() % 3)
  const forger = forgerOf(self)
  const vote = claim(view, self)
  return self.init.random.float() < 0.5
    ? { type: 'commit', qc: fabricateCommitQc(forger, vote, self.pick(commitQcFabrications)) }
    : {
        type: 'timeout',
        qc: fabricateTimeoutQc(forger, view, vote, self.pick(timeoutQcFabrications)),
      }
}

/** Justifies new views, and its proposals, by fabricated QCs, and embeds such in its timeouts. */
export const qcForger: ActorKind = {
  name: 'forger of QCs',
  convictions: ['INVALID_JUSTIFICATION', 'INVALID_EMBEDDED_QC', 'INVALID_SIGNATURE'],
  create: (init) =>
    masquerade(init, {
      send(message, self) {
        if (message.type === 'leaderProposal') {
          const value = { ...message.value, justification: fabricate(self) }
          return [self.say({ ...message, value }), self.say(message)]
        }
        if (message.type !== 'replicaTimeout') return [self.say(message)]
        const vote = claim(self.state.view, self)
        const highQc = fabricateCommitQc(forgerOf(self), vote, self.pick(commitQcFabrications))
        const value = { ...message.value, highQc }
        return [self.say({ ...message, value }), self.say(message)]
      },
      enter: (self) => [
        self.say({ type: 'replicaNewView', value: { justification: fabricate(self) } }),
      ],
    }),
}
