import type { ChonkyState } from '../../src/chonky/state.js'

/** What a replica holds because of others' messages, by number of entries. */
export interface StateSize {
  readonly votes: number
  readonly voteGroups: number
  readonly slots: number
  readonly checks: number
  readonly cooldowns: number
  readonly conflicts: number
  readonly blamed: number
  /** Payloads of accepted proposals. */
  readonly proposals: number
}

const counts = [
  'votes',
  'voteGroups',
  'slots',
  'checks',
  'cooldowns',
  'conflicts',
  'blamed',
  'proposals',
] as const satisfies readonly (keyof StateSize)[]

/** Counts what a state holds. */
export function stateSize(state: ChonkyState): StateSize {
  const buckets = [...state.votes.commit.buckets.values(), ...state.votes.timeout.buckets.values()]
  const groups = buckets.flat()
  return {
    votes: groups.reduce((sum, group) => sum + group.votes.length, 0),
    voteGroups: groups.length,
    slots: state.slots.size,
    checks: state.checks.size,
    cooldowns: state.cooldowns.size,
    conflicts: state.conflicts.size,
    blamed: state.blamed.size,
    proposals: state.proposals.length,
  }
}

/**
 * The most that a state may hold, whoever sends what: for n validators, n buckets of n votes a kind, a first-hand and a
 * relayed message a carrier and label and as many of nobody's, four conflicts and four pauses a validator.
 */
export function stateSizeBound(state: ChonkyState): StateSize {
  const n = state.config.scope.schedule.length
  const slots = 8 * n + 4
  const groups = 2 * n * n
  const final = state.highCommitQc?.message.view.number ?? 0n
  return {
    votes: groups,
    voteGroups: groups,
    slots,
    checks: slots + groups + 4 * n,
    cooldowns: 4 * n + 4,
    conflicts: 4 * n,
    blamed: n,
    proposals: Number(state.view - final) + 9,
  }
}

/** The first count that is over its bound, described; `undefined` when none is. */
export function findOversize(state: ChonkyState): string | undefined {
  const size = stateSize(state)
  const bound = stateSizeBound(state)
  for (const name of counts) {
    if (size[name] > bound[name]) return `${size[name]} ${name}, at most ${bound[name]} are allowed`
  }
  return undefined
}
