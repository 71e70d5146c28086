import type { ItfCursor } from './itf-cursor.js'
import type {
  SpecCommitQC,
  SpecCommittedBlock,
  SpecCommitVote,
  SpecJustification,
  SpecNewView,
  SpecProposal,
  SpecReplica,
  SpecSignedCommit,
  SpecSignedTimeout,
  SpecState,
  SpecTimeoutQC,
  SpecTimeoutVote,
} from './spec-types.js'

const phases = new Map([
  ['PhasePrepare', 'prepare'],
  ['PhaseCommit', 'commit'],
  ['PhaseTimeout', 'timeout'],
] as const)

/** Reads the variables of one state. `variable` finds one by the last part of its name. */
export function decodeState(variable: (name: string) => ItfCursor): SpecState {
  const byReplica = <T>(name: string, read: (at: ItfCursor) => T): ReadonlyMap<string, T> =>
    new Map(
      variable(name)
        .map()
        .map(([key, value]) => [key.string(), read(value)]),
    )
  return {
    replicas: byReplica('replica_state', decodeReplica),
    leader: new Map(
      variable('leader')
        .map()
        .map(([view, name]) => [view.natural(), name.string()]),
    ),
    timeouts: variable('msgs_signed_timeout').set().map(decodeSignedTimeout),
    commits: variable('msgs_signed_commit').set().map(decodeSignedCommit),
    newViews: variable('msgs_new_view').set().map(decodeNewView),
    proposals: variable('msgs_proposal').set().map(decodeProposal),
    storedTimeouts: byReplica('store_signed_timeout', (at) => at.set().map(decodeSignedTimeout)),
    storedCommits: byReplica('store_signed_commit', (at) => at.set().map(decodeSignedCommit)),
    justifications: variable('ghost_justifications')
      .map()
      .map(([key, value]) => {
        const [replica, view] = key.tuple()
        if (replica === undefined || view === undefined) return key.fail('is not a pair')
        return {
          replica: replica.string(),
          view: view.natural(),
          justification: decodeJustification(value),
        }
      }),
  }
}

function decodeReplica(at: ItfCursor): SpecReplica {
  const [tag] = at.field('phase').variant()
  const phase = [...phases].find(([name]) => name === tag)?.[1]
  return {
    view: at.field('view').natural(),
    phase: phase ?? at.fail(`is in the unknown phase ${tag}`),
    highVote: at.field('high_vote').option(decodeCommitVote),
    highCommitQc: at.field('high_commit_qc').option(decodeCommitQc),
    highTimeoutQc: at.field('high_timeout_qc').option(decodeTimeoutQc),
    committedBlocks: at.field('committed_blocks').list().map(decodeCommittedBlock),
    cachedProposals: at
      .field('cached_proposals')
      .set()
      .map((pair) => {
        const [number, block] = pair.tuple()
        if (number === undefined || block === undefined) return pair.fail('is not a pair')
        return [number.natural(), block.string()]
      }),
  }
}

function decodeCommittedBlock(at: ItfCursor): SpecCommittedBlock {
  return { block: at.field('block').string(), qc: decodeCommitQc(at.field('commit_qc')) }
}

function decodeCommitVote(at: ItfCursor): SpecCommitVote {
  return {
    view: at.field('view').natural(),
    number: at.field('block_number').natural(),
    block: at.field('block_hash').string(),
  }
}

function decodeSigners(at: ItfCursor): readonly string[] {
  return at
    .set()
    .map((name) => name.string())
    .toSorted()
}

function decodeCommitQc(at: ItfCursor): SpecCommitQC {
  return { vote: decodeCommitVote(at.field('vote')), signers: decodeSigners(at.field('agg_sig')) }
}

function decodeTimeoutVote(at: ItfCursor): SpecTimeoutVote {
  return {
    view: at.field('view').natural(),
    highVote: at.field('high_vote').option(decodeCommitVote),
    highCommitQcView: at.field('high_commit_qc_view').option((view) => view.natural()),
  }
}

function decodeTimeoutQc(at: ItfCursor): SpecTimeoutQC {
  const votes = at
    .field('votes')
    .map()
    .map(([name, vote]) => [name.string(), decodeTimeoutVote(vote)] as const)
  return {
    view: at.field('ghost_view').natural(),
    votes: votes.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    signers: decodeSigners(at.field('agg_sig')),
    highCommitQc: at.field('high_commit_qc').option(decodeCommitQc),
  }
}

function decodeJustification(at: ItfCursor): SpecJustification {
  const [tag, qc] = at.variant()
  if (tag === 'Commit') return { type: 'commit', qc: decodeCommitQc(qc) }
  if (tag === 'Timeout') return { type: 'timeout', qc: decodeTimeoutQc(qc) }
  return at.fail(`is ${tag}, neither Commit nor Timeout`)
}

/** Reads a signed vote to commit. */
export function decodeSignedCommit(at: ItfCursor): SpecSignedCommit {
  return { vote: decodeCommitVote(at.field('vote')), sig: at.field('sig').string() }
}

/** Reads a signed vote to end a view. */
export function decodeSignedTimeout(at: ItfCursor): SpecSignedTimeout {
  return {
    vote: decodeTimeoutVote(at.field('vote')),
    sig: at.field('sig').string(),
    highCommitQc: at.field('high_commit_qc').option(decodeCommitQc),
  }
}

/** Reads a NewView. */
export function decodeNewView(at: ItfCursor): SpecNewView {
  return {
    justification: decodeJustification(at.field('justification')),
    sig: at.field('sig').string(),
  }
}

/** Reads a proposal. */
export function decodeProposal(at: ItfCursor): SpecProposal {
  return {
    block: at.field('block').option((block) => block.string()),
    justification: decodeJustification(at.field('justification')),
    sig: at.field('sig').string(),
  }
}
