import { describe, expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import { encodeSigned, verifySigned } from '@zkstack/roles'
import {
  byzantineActors,
  createCommittee,
  createTimedNetwork,
  stabilizingLinks,
  trialPayloads,
} from '@zkstack/bft/testing'
import type { ActorKind, ActorOutput, ActorSend } from '@zkstack/bft/testing'

const committee = createCommittee({ validators: 6 })

/** What member 5 sends in a run of that kind. */
function sendsOf(kind: ActorKind, seed = 1): readonly ActorSend[] {
  const sends: ActorSend[] = []
  const recorded: ActorKind = {
    ...kind,
    create: (init) => {
      const actor = kind.create(init)
      return {
        handle(input): readonly ActorOutput[] {
          const outputs = actor.handle(input)
          sends.push(...outputs.filter((output) => output.type === 'send'))
          return outputs
        },
      }
    },
  }
  const network = createTimedNetwork({
    ...{ committee, seed, viewTimeoutMs: 500, syncMs: 100, payloads: trialPayloads },
    actors: new Map([[5, recorded]]),
    links: stabilizingLinks({
      ...{ random: seededRandom(seed), from: 1000, delayMs: 100 },
      ...{ stormDelayMs: 1000, lossRate: 0.1, partitionMs: 500 },
    }),
  })
  network.run(2500)
  return sends
}

describe.each(byzantineActors.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  test('one seed › what it sends › is the same in every run', () => {
    expect(sendsOf(kind)).toEqual(sendsOf(kind))
  })

  test('what it sends › can be carried over a wire, and is signed with its own secret or not validly', () => {
    const seen = new Set<string>()
    for (const { message, to } of sendsOf(kind)) {
      expect(encodeSigned(message).length).toBeGreaterThan(0)
      expect(to.every((index) => index >= 0 && index < committee.size)).toBe(true)
      const author = committee.schedule.indexOf(message.key)
      const valid = author !== undefined && verifySigned(message, committee.schedule)
      // A replayer passes on what others signed; nobody else has anything of theirs.
      if (valid && name !== 'replayer of old views') expect(author).toBe(5)
      seen.add(message.msg.type)
    }
    expect(seen.size > 0).toBe(name !== 'silent member')
  })
})
