import { showCommitVote } from './show-spec.js'
import type {
  SpecCommitQC,
  SpecCommitVote,
  SpecJustification,
  SpecTimeoutQC,
} from './spec-types.js'

/** Weights of a set of replicas that all weigh one. */
export interface SpecThresholds {
  readonly quorum: number
  readonly subquorum: number
}

/** The thresholds of a number of replicas. */
export function specThresholds(replicas: number): SpecThresholds {
  const faulty = Math.floor((replicas - 1) / 5)
  return { quorum: replicas - faulty, subquorum: replicas - 3 * faulty }
}

/**
 * The high vote as the specification counts it: by whole vote, the view included, and "no vote" is a candidate like
 * others. The implementation counts by block alone.
 */
export function specHighVote(
  qc: SpecTimeoutQC,
  { subquorum }: SpecThresholds,
): SpecCommitVote | undefined {
  const groups = new Map<string, { readonly vote: SpecCommitVote | undefined; count: number }>()
  for (const [, { highVote: vote }] of qc.votes) {
    const key = vote === undefined ? 'none' : showCommitVote(vote)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { vote, count: 1 })
    else group.count += 1
  }
  const candidates = [...groups.values()].filter(({ count }) => count >= subquorum)
  return candidates.length === 1 ? candidates[0]?.vote : undefined
}

/** The block that a justification implies, by the specification: its number, and its hash if it is to be proposed again. */
export function specImpliedBlock(
  justification: SpecJustification,
  thresholds: SpecThresholds,
): { readonly number: bigint; readonly block: string | undefined } {
  if (justification.type === 'commit') {
    return { number: justification.qc.vote.number + 1n, block: undefined }
  }
  const { qc } = justification
  const vote = specHighVote(qc, thresholds)
  const final = qc.highCommitQc?.vote.number
  if (vote !== undefined && (final === undefined || vote.number > final)) {
    return { number: vote.number, block: vote.block }
  }
  return { number: final === undefined ? 0n : final + 1n, block: undefined }
}

/** The CommitQC that a justification makes known. */
export function commitQcIn(justification: SpecJustification): SpecCommitQC | undefined {
  return justification.type === 'commit' ? justification.qc : justification.qc.highCommitQc
}
