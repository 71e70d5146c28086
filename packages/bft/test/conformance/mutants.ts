import { step } from '@zkstack/bft'
import type { ChonkyState, Input, Transition } from '@zkstack/bft'
import type { SpecAction, SpecState } from '@zkstack/bft/testing'

/** A `step` with one thing wrong. */
export interface Mutant {
  readonly name: string
  readonly step: typeof step
  /** Whether a run gives the fault an occasion; the last state and the actions of the run. */
  readonly showsIn: (last: SpecState, actions: ReadonlySet<SpecAction['type']>) => boolean
}

/** Changes what `step` returns; in view 0, where every run begins by the same two inputs, nothing. */
function mutate(
  change: (before: ChonkyState, after: Transition, input: Input) => Transition,
): typeof step {
  return (state, input) => {
    const after = step(state, input)
    return state.view === 0n ? after : change(state, after, input)
  }
}

function withState({ state, effects }: Transition, change: Partial<ChonkyState>): Transition {
  return { state: { ...state, ...change }, effects }
}

function withQuorum(difference: bigint): typeof step {
  return (state, input) => {
    if (state.view === 0n) return step(state, input)
    const { config } = state
    const quorum = { value: config.scope.schedule.quorum + difference }
    const schedule = Object.create(config.scope.schedule, {
      quorum,
    }) as typeof config.scope.schedule
    const wrong = { ...config, scope: { ...config.scope, schedule } }
    const after = step({ ...state, config: wrong }, input)
    return withState(after, { config })
  }
}

const always = (): boolean => true
const entered = (before: ChonkyState, { state }: Transition): boolean => state.view > before.view
const voted = (before: ChonkyState, { state }: Transition): boolean =>
  state.highVote !== before.highVote
const without = (type: string, { state, effects }: Transition): Transition => ({
  state,
  effects: effects.filter((effect) => effect.type !== type),
})

export const mutants: readonly Mutant[] = [
  { name: 'a quorum of one too few', step: withQuorum(-1n), showsIn: always },
  { name: 'a quorum of one too many', step: withQuorum(1n), showsIn: always },
  {
    name: 'the old phase in a new view',
    step: mutate((before, after) =>
      entered(before, after) ? withState(after, { phase: before.phase }) : after,
    ),
    showsIn: always,
  },
  {
    name: 'a view left out',
    step: mutate((before, after) =>
      entered(before, after) ? withState(after, { view: after.state.view + 1n }) : after,
    ),
    showsIn: always,
  },
  {
    name: 'the QC forgotten by which a view is entered',
    step: mutate((before, after) => {
      const { highCommitQc, highTimeoutQc } = before
      return entered(before, after) ? withState(after, { highCommitQc, highTimeoutQc }) : after
    }),
    showsIn: always,
  },
  {
    name: 'no NewView sent',
    step: mutate((before, after) => (entered(before, after) ? without('broadcast', after) : after)),
    showsIn: always,
  },
  {
    name: 'a vote without its phase',
    step: mutate((before, after) =>
      voted(before, after) ? withState(after, { phase: 'prepare' }) : after,
    ),
    showsIn: (_, actions) => actions.has('on_proposal'),
  },
  {
    name: 'a vote that is no high vote',
    step: mutate((before, after) => withState(after, { highVote: before.highVote })),
    showsIn: (_, actions) => actions.has('on_proposal'),
  },
  {
    name: 'a vote that is not sent',
    step: mutate((before, after) => (voted(before, after) ? without('broadcast', after) : after)),
    showsIn: (_, actions) => actions.has('on_proposal'),
  },
  {
    name: 'a final block that is not saved',
    step: mutate((_, after) => without('saveBlock', after)),
    showsIn: ({ replicas }) =>
      [...replicas.values()].some(({ committedBlocks }) => committedBlocks.length > 0),
  },
  {
    name: 'a timer that leaves the phase',
    step: mutate((before, after, input) =>
      input.type === 'tick' ? withState(after, { phase: before.phase }) : after,
    ),
    showsIn: (_, actions) => actions.has('on_timer_is_finished'),
  },
  {
    name: 'a timeout that conceals the high vote',
    step: mutate((_, { state, effects }) => ({
      state,
      effects: effects.map((effect) =>
        effect.type === 'broadcast' && effect.message.type === 'replicaTimeout'
          ? {
              type: 'broadcast',
              message: {
                type: 'replicaTimeout',
                value: { ...effect.message.value, highVote: undefined },
              },
            }
          : effect,
      ),
    })),
    showsIn: ({ timeouts, replicas }) =>
      timeouts.some(({ sig, vote }) => replicas.has(sig) && vote.highVote !== undefined),
  },
  {
    name: 'no ear for NewViews',
    step: (state, input) => {
      const deaf =
        state.view > 0n && input.type === 'message' && input.message.msg.type === 'replicaNewView'
      return deaf ? { state, effects: [] } : step(state, input)
    },
    showsIn: (_, actions) => actions.has('on_new_view'),
  },
]
