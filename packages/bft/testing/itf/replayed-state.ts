import type { StoredVote } from '../../src/chonky/vote-tally.js'
import type { SpecReplicas } from './spec-replicas.js'
import type {
  SpecNewView,
  SpecProposal,
  SpecReplica,
  SpecSignedCommit,
  SpecSignedTimeout,
  SpecState,
} from './spec-types.js'

/**
 * The state of the whole system as the implementation made it: its replicas, what they sent, the votes that they hold, and
 * with what they entered their views. Of the recorded state only the leaders and the messages of faulty replicas are taken.
 */
export function replayedState(replicas: SpecReplicas, recorded: SpecState): SpecState {
  const { translator, names } = replicas
  const faulty = <T extends { readonly sig: string }>(messages: readonly T[]): readonly T[] =>
    messages.filter(({ sig }) => !recorded.replicas.has(sig))
  const sent = {
    commits: [...faulty(recorded.commits)],
    timeouts: [...faulty(recorded.timeouts)],
    newViews: [...faulty(recorded.newViews)],
    proposals: [...faulty(recorded.proposals)],
  } satisfies {
    commits: SpecSignedCommit[]
    timeouts: SpecSignedTimeout[]
    newViews: SpecNewView[]
    proposals: SpecProposal[]
  }
  for (const message of replicas.sent) {
    switch (message.type) {
      case 'commit':
        sent.commits.push(message.value)
        break
      case 'timeout':
        sent.timeouts.push(message.value)
        break
      case 'newView':
        sent.newViews.push(message.value)
        break
      case 'proposal':
        sent.proposals.push(message.value)
    }
  }
  const held = <T>(
    kind: 'commit' | 'timeout',
    read: (vote: StoredVote) => readonly T[],
  ): ReadonlyMap<string, readonly T[]> =>
    new Map(
      names.map((name) => {
        const { buckets } = replicas.replica(name).state.votes[kind]
        const votes = [...buckets.values()].flat().flatMap((group) => group.votes)
        return [name, votes.flatMap(read)]
      }),
    )
  return {
    ...sent,
    replicas: new Map<string, SpecReplica>(names.map((name) => [name, replicas.state(name)])),
    leader: recorded.leader,
    justifications: [...replicas.justifications.values()],
    storedCommits: held('commit', ({ signed }) => {
      const message = translator.fromSigned(signed)
      return message.type === 'commit' ? [message.value] : []
    }),
    storedTimeouts: held('timeout', ({ signed }) => {
      const message = translator.fromSigned(signed)
      return message.type === 'timeout' ? [message.value] : []
    }),
  }
}
