import type {
  SpecMessage,
  SpecCommitQC,
  SpecCommitVote,
  SpecCommittedBlock,
  SpecJustification,
  SpecNewView,
  SpecProposal,
  SpecReplica,
  SpecSignedCommit,
  SpecSignedTimeout,
  SpecTimeoutQC,
  SpecTimeoutVote,
} from './spec-types.js'

/** The six fields that a replay compares, each as text; two are equal iff their texts are. */
export interface Projection {
  readonly view: string
  readonly phase: string
  readonly highVote: string
  readonly highCommitQc: string
  readonly highTimeoutQc: string
  readonly committedBlocks: string
}

/** The names of the six fields. */
export const projectedFields = [
  'view',
  'phase',
  'highVote',
  'highCommitQc',
  'highTimeoutQc',
  'committedBlocks',
] as const satisfies readonly (keyof Projection)[]

/** The projection of a replica. */
export function project(replica: SpecReplica): Projection {
  return {
    view: `${replica.view}`,
    phase: replica.phase,
    highVote: showOptional(replica.highVote, showCommitVote),
    highCommitQc: showOptional(replica.highCommitQc, showCommitQc),
    highTimeoutQc: showOptional(replica.highTimeoutQc, showWholeTimeoutQc),
    committedBlocks: `[${replica.committedBlocks.map(showCommittedBlock).join(', ')}]`,
  }
}

function showWholeTimeoutQc(qc: SpecTimeoutQC): string {
  return `${showTimeoutQc(qc)}, ${showOptional(qc.highCommitQc, showCommitQc)}`
}

function showOptional<T>(value: T | undefined, show: (value: T) => string): string {
  return value === undefined ? 'none' : show(value)
}

function showCommittedBlock({ block, qc }: SpecCommittedBlock): string {
  return `${block} by ${showCommitQc(qc)}`
}

/** Equal votes have equal texts, as with all of these. */
export function showCommitVote({ view, number, block }: SpecCommitVote): string {
  return `${block}@${number} in view ${view}`
}

/** A CommitQC as text, with its signers. */
export function showCommitQc({ vote, signers }: SpecCommitQC): string {
  return `CommitQC(${showCommitVote(vote)} by ${signers.join(' ')})`
}

/** A vote to end a view, as text. */
export function showTimeoutVote(vote: SpecTimeoutVote): string {
  const highVote = showOptional(vote.highVote, showCommitVote)
  return `timeout of view ${vote.view}, high vote ${highVote}, high QC of view ${vote.highCommitQcView ?? 'none'}`
}

/** A TimeoutQC as text, without the signers of its high CommitQC: of several embedded ones, each side picks its own. */
export function showTimeoutQc({ view, votes, signers, highCommitQc }: SpecTimeoutQC): string {
  const parts = votes.map(([name, vote]) => `${name}: ${showTimeoutVote(vote)}`)
  const high = showOptional(highCommitQc?.vote, showCommitVote)
  return `TimeoutQC(view ${view} by ${signers.join(' ')}; ${parts.join('; ')}; high ${high})`
}

/** A justification as text. */
export function showJustification(justification: SpecJustification): string {
  const { type, qc } = justification
  return type === 'commit' ? showCommitQc(qc) : showTimeoutQc(qc)
}

/** A signed commit vote as text. */
export function showSignedCommit({ vote, sig }: SpecSignedCommit): string {
  return `${sig} commits ${showCommitVote(vote)}`
}

/** A signed timeout vote as text, with the CommitQC beside it. */
export function showSignedTimeout({ vote, sig, highCommitQc }: SpecSignedTimeout): string {
  return `${sig} sends ${showTimeoutVote(vote)}: ${showOptional(highCommitQc, showCommitQc)}`
}

/** A NewView as text. */
export function showNewView({ justification, sig }: SpecNewView): string {
  return `${sig} sends NewView ${showJustification(justification)}`
}

/** A proposal as text. */
export function showProposal({ block, justification, sig }: SpecProposal): string {
  return `${sig} proposes ${block ?? 'again'} after ${showJustification(justification)}`
}

/** Any message as text. */
export function showMessage(message: SpecMessage): string {
  switch (message.type) {
    case 'commit':
      return showSignedCommit(message.value)
    case 'timeout':
      return showSignedTimeout(message.value)
    case 'newView':
      return showNewView(message.value)
    case 'proposal':
      return showProposal(message.value)
  }
}
