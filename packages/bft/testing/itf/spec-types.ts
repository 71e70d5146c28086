/**
 * The data of the formal specification of ChonkyBFT, as its traces hold them. Replicas, their keys and signatures are
 * names, and so are blocks and their hashes; an aggregate signature is the set of its signers.
 *
 * @see era-consensus, spec/protocol-spec/types.qnt
 */

/** A vote to commit a block. */
export interface SpecCommitVote {
  readonly view: bigint
  readonly number: bigint
  readonly block: string
}

/** A vote to commit a block, and who signed it. */
export interface SpecSignedCommit {
  readonly vote: SpecCommitVote
  readonly sig: string
}

/** Signers are sorted, in QCs of both kinds. */
export interface SpecCommitQC {
  readonly vote: SpecCommitVote
  readonly signers: readonly string[]
}

/** A vote to end a view. */
export interface SpecTimeoutVote {
  readonly view: bigint
  readonly highVote: SpecCommitVote | undefined
  readonly highCommitQcView: bigint | undefined
}

/** The CommitQC travels beside the signed vote, which holds only its view. */
export interface SpecSignedTimeout {
  readonly vote: SpecTimeoutVote
  readonly sig: string
  readonly highCommitQc: SpecCommitQC | undefined
}

/** A quorum of votes to end a view. */
export interface SpecTimeoutQC {
  readonly view: bigint
  /** By signer, sorted. */
  readonly votes: readonly (readonly [string, SpecTimeoutVote])[]
  readonly signers: readonly string[]
  readonly highCommitQc: SpecCommitQC | undefined
}

/** Why a view may be entered. */
export type SpecJustification =
  | { readonly type: 'commit'; readonly qc: SpecCommitQC }
  | { readonly type: 'timeout'; readonly qc: SpecTimeoutQC }

/** The news that a view is justified. */
export interface SpecNewView {
  readonly justification: SpecJustification
  readonly sig: string
}

/** What the leader of a view proposes. */
export interface SpecProposal {
  /** `undefined` in a re-proposal. */
  readonly block: string | undefined
  readonly justification: SpecJustification
  readonly sig: string
}

/** A block, and the QC that made it final. */
export interface SpecCommittedBlock {
  readonly block: string
  readonly qc: SpecCommitQC
}

/** One replica: the six fields that a replay compares, and the cache that it does not. */
export interface SpecReplica {
  readonly view: bigint
  readonly phase: 'prepare' | 'commit' | 'timeout'
  readonly highVote: SpecCommitVote | undefined
  readonly highCommitQc: SpecCommitQC | undefined
  readonly highTimeoutQc: SpecTimeoutQC | undefined
  readonly committedBlocks: readonly SpecCommittedBlock[]
  readonly cachedProposals: readonly (readonly [bigint, string])[]
}

/** One state of the whole system. */
export interface SpecState {
  /** The correct replicas. Whoever else is named in a trace is faulty. */
  readonly replicas: ReadonlyMap<string, SpecReplica>
  readonly leader: ReadonlyMap<bigint, string>
  readonly timeouts: readonly SpecSignedTimeout[]
  readonly commits: readonly SpecSignedCommit[]
  readonly newViews: readonly SpecNewView[]
  readonly proposals: readonly SpecProposal[]
  readonly storedTimeouts: ReadonlyMap<string, readonly SpecSignedTimeout[]>
  readonly storedCommits: ReadonlyMap<string, readonly SpecSignedCommit[]>
  /** With what each replica entered, or voted in, a view. */
  readonly justifications: readonly SpecEntry[]
}

/** A replica's justification of a view. */
export interface SpecEntry {
  readonly replica: string
  readonly view: bigint
  readonly justification: SpecJustification
}

/** A message of any kind. */
export type SpecMessage =
  | { readonly type: 'commit'; readonly value: SpecSignedCommit }
  | { readonly type: 'timeout'; readonly value: SpecSignedTimeout }
  | { readonly type: 'newView'; readonly value: SpecNewView }
  | { readonly type: 'proposal'; readonly value: SpecProposal }

/** What happens between two states. */
export type SpecAction =
  | { readonly type: 'proposer_step'; readonly replica: string; readonly block: string | undefined }
  | { readonly type: 'on_proposal'; readonly replica: string; readonly message: SpecProposal }
  | { readonly type: 'on_commit'; readonly replica: string; readonly message: SpecSignedCommit }
  | { readonly type: 'on_timeout'; readonly replica: string; readonly message: SpecSignedTimeout }
  | { readonly type: 'on_new_view'; readonly replica: string; readonly message: SpecNewView }
  | { readonly type: 'on_timer_is_finished'; readonly replica: string }
  | { readonly type: 'fetcher_step'; readonly replica: string; readonly block: SpecCommittedBlock }
  /** No correct replica acts: faulty ones send, or nothing happens. */
  | { readonly type: 'environment' }

/** The view that a justification is for. */
export function justifiedView(justification: SpecJustification): bigint {
  const { type, qc } = justification
  return (type === 'commit' ? qc.vote.view : qc.view) + 1n
}
