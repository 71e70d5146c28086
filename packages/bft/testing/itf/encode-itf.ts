import type { RecordedRun } from './spec-trace.js'
import { justifiedView } from './spec-types.js'
import type {
  SpecAction,
  SpecCommitQC,
  SpecCommitVote,
  SpecJustification,
  SpecReplica,
  SpecSignedCommit,
  SpecSignedTimeout,
  SpecState,
  SpecTimeoutQC,
  SpecTimeoutVote,
} from './spec-types.js'

/**
 * Writes a run of the specification as JSON in the Informal Trace Format, with the variables that the specification has.
 * Each state names the action that led to it in `ghost_step`, as the specification does, not the message it delivered.
 */
export function encodeItf(run: RecordedRun): string {
  let last: unknown = variant('InitStep')
  const states = [encodeState(run.initial, last)]
  for (const { action, after } of run.steps()) {
    last = action.type === 'environment' ? variant('FaultyStep') : encodeAction(action)
    states.push(encodeState(after, last))
  }
  return JSON.stringify({
    '#meta': { format: 'ITF', source: '@zkstack/bft/testing' },
    vars: Object.keys(states[0] ?? {}),
    states: states.map((state, index) => ({ '#meta': { index }, ...state })),
  })
}

function encodeState(state: SpecState, ghostStep: unknown): Record<string, unknown> {
  return {
    replica_state: map([...state.replicas].map(([name, value]) => [name, encodeReplica(value)])),
    leader: map([...state.leader].map(([view, name]) => [number(view), name])),
    msgs_signed_timeout: set(state.timeouts.map(encodeSignedTimeout)),
    msgs_signed_commit: set(state.commits.map(encodeSignedCommit)),
    msgs_new_view: set(
      state.newViews.map(({ sig, justification }) => ({
        sig,
        justification: encodeJustification(justification),
      })),
    ),
    msgs_proposal: set(
      state.proposals.map(({ sig, block, justification }) => ({
        sig,
        block: option(block, (name) => name),
        justification: encodeJustification(justification),
      })),
    ),
    store_signed_timeout: map(
      [...state.storedTimeouts].map(([name, votes]) => [name, set(votes.map(encodeSignedTimeout))]),
    ),
    store_signed_commit: map(
      [...state.storedCommits].map(([name, votes]) => [name, set(votes.map(encodeSignedCommit))]),
    ),
    ghost_justifications: map(
      state.justifications.map(({ replica, view, justification }) => [
        { '#tup': [replica, number(view)] },
        encodeJustification(justification),
      ]),
    ),
    ghost_step: ghostStep,
  }
}

function encodeAction(action: Exclude<SpecAction, { readonly type: 'environment' }>): unknown {
  const { replica } = action
  switch (action.type) {
    case 'proposer_step':
      return variant('ProposerStep', replica)
    case 'on_proposal':
      return variant('OnProposalStep', replica)
    case 'on_commit':
      return variant('OnCommitStep', replica)
    case 'on_timeout':
      return variant('OnTimeoutStep', replica)
    case 'on_timer_is_finished':
      return variant('OnTimerIsFinishedStep', replica)
    case 'fetcher_step':
      return variant('FetchStep', replica)
    case 'on_new_view': {
      const view = number(justifiedView(action.message.justification))
      return variant('OnNewViewStep', { id: replica, view })
    }
  }
}

function encodeReplica(replica: SpecReplica): unknown {
  const tags = { prepare: 'PhasePrepare', commit: 'PhaseCommit', timeout: 'PhaseTimeout' }
  return {
    view: number(replica.view),
    phase: variant(tags[replica.phase]),
    high_vote: option(replica.highVote, encodeCommitVote),
    high_commit_qc: option(replica.highCommitQc, encodeCommitQc),
    high_timeout_qc: option(replica.highTimeoutQc, encodeTimeoutQc),
    committed_blocks: replica.committedBlocks.map(({ block, qc }) => ({
      block,
      commit_qc: encodeCommitQc(qc),
    })),
    cached_proposals: set(
      replica.cachedProposals.map(([height, block]) => ({ '#tup': [number(height), block] })),
    ),
  }
}

function encodeCommitVote(vote: SpecCommitVote): unknown {
  return { view: number(vote.view), block_number: number(vote.number), block_hash: vote.block }
}

function encodeSignedCommit({ vote, sig }: SpecSignedCommit): unknown {
  return { vote: encodeCommitVote(vote), sig }
}

function encodeCommitQc({ vote, signers }: SpecCommitQC): unknown {
  return { vote: encodeCommitVote(vote), agg_sig: set(signers) }
}

function encodeTimeoutVote({ view, highVote, highCommitQcView }: SpecTimeoutVote): unknown {
  return {
    view: number(view),
    high_vote: option(highVote, encodeCommitVote),
    high_commit_qc_view: option(highCommitQcView, number),
  }
}

function encodeSignedTimeout({ vote, sig, highCommitQc }: SpecSignedTimeout): unknown {
  return {
    vote: encodeTimeoutVote(vote),
    sig,
    high_commit_qc: option(highCommitQc, encodeCommitQc),
  }
}

function encodeTimeoutQc({ view, votes, signers, highCommitQc }: SpecTimeoutQC): unknown {
  return {
    ghost_view: number(view),
    votes: map(votes.map(([name, vote]) => [name, encodeTimeoutVote(vote)])),
    agg_sig: set(signers),
    high_commit_qc: option(highCommitQc, encodeCommitQc),
  }
}

function encodeJustification({ type, qc }: SpecJustification): unknown {
  return type === 'commit'
    ? variant('Commit', encodeCommitQc(qc))
    : variant('Timeout', encodeTimeoutQc(qc))
}

function number(value: bigint): unknown {
  return { '#bigint': `${value}` }
}

function set(items: readonly unknown[]): unknown {
  return { '#set': items }
}

function map(entries: readonly (readonly [unknown, unknown])[]): unknown {
  return { '#map': entries }
}

function variant(tag: string, value: unknown = { '#tup': [] }): unknown {
  return { tag, value }
}

function option<T>(value: T | undefined, encode: (value: T) => unknown): unknown {
  return value === undefined ? variant('None') : variant('Some', encode(value))
}
