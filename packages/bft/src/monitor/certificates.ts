import { compareViews, sameBlockHeader, sameReplicaCommit, sameView } from '@zkstack/roles'
import type { BlockHeader, CommitQC, ReplicaCommit, View } from '@zkstack/roles'
import type { InvariantViolation } from './invariant.js'

/** Certificates remembered; older ones are forgotten, lowest epoch and view first. */
const mostCertificates = 64

/**
 * Compares a verified certificate with those known, and remembers it. The known ones are sorted by view; since each was compared
 * when it came, whatever contradicts one of them contradicts a neighbour.
 */
export function checkCertificate(
  known: readonly CommitQC[],
  qc: CommitQC,
): {
  readonly certificates: readonly CommitQC[]
  readonly violations: readonly InvariantViolation[]
} {
  const { view } = qc.message
  const at = known.findLastIndex(({ message }) => compareViews(message.view, view) <= 0) + 1
  const violations: InvariantViolation[] = []
  for (const other of [known[at - 1], known[at]]) {
    if (other === undefined) continue
    if (sameReplicaCommit(other.message, qc.message)) return { certificates: known, violations }
    const violation = compare(other, qc)
    if (violation !== undefined) violations.push(violation)
  }
  const first = known.length < mostCertificates ? 0 : 1
  if (at < first) return { certificates: known, violations }
  const certificates = known.slice(first)
  certificates.splice(at - first, 0, qc)
  return { certificates, violations }
}

/** Compares a block on disk with the certificate that it has. */
export function checkStoredBlock(block: BlockHeader, qc: CommitQC): readonly InvariantViolation[] {
  if (sameBlockHeader(block, qc.message.proposal)) return []
  const message = `block ${block.number} on disk is not the one that its certificate of view ${viewNumber(qc)} names`
  return [{ code: 'AGREEMENT', message, data: { block, qcs: [qc] } }]
}

/**
 * Compares a vote of our own with the certificates known: with the newest, down to the first one below the height voted for. Those of
 * its own view or a later one do not count: whoever is behind may vote late, in a view that has made nothing final.
 */
export function checkVoteAgainstFinal(
  known: readonly CommitQC[],
  vote: ReplicaCommit,
): InvariantViolation | undefined {
  const { number } = vote.proposal
  const below = known.findLastIndex(({ message }) => message.proposal.number < number)
  const final = known
    .slice(below + 1)
    .find(
      ({ message }) =>
        compareViews(message.view, vote.view) < 0 && isOther(message.proposal, vote.proposal),
    )
  if (final === undefined) return undefined
  const message = `in view ${vote.view.number} we voted for another block ${number} than the one final since view ${viewNumber(final)}`
  return {
    code: 'VOTE_AGAINST_FINAL',
    message,
    data: { block: vote.proposal, qcs: [final] },
  }
}

function isOther(a: BlockHeader, b: BlockHeader): boolean {
  return a.number === b.number && !sameBlockHeader(a, b)
}

function compare(one: CommitQC, other: CommitQC): InvariantViolation | undefined {
  const isInOrder = compareViews(one.message.view, other.message.view) <= 0
  const [first, second] = isInOrder ? [one, other] : [other, one]
  const [a, b] = [first.message, second.message]
  const data = { qcs: [first, second] }
  const views = (): string => `views ${nameOf(a.view)} and ${nameOf(b.view)}`
  if (sameView(a.view, b.view)) {
    const message = `two blocks are final in view ${nameOf(a.view)}: ${a.proposal.number} and ${b.proposal.number}`
    return { code: 'ONE_BLOCK_A_VIEW', message, data }
  }
  if (isOther(a.proposal, b.proposal)) {
    const message = `two blocks ${a.proposal.number} are final, of ${views()}`
    return { code: 'AGREEMENT', message, data }
  }
  if (a.proposal.number <= b.proposal.number) return undefined
  const message = `block ${a.proposal.number} is final before block ${b.proposal.number}, in ${views()}`
  return { code: 'CHAIN', message, data }
}

function viewNumber(qc: CommitQC): bigint {
  return qc.message.view.number
}

function nameOf({ epoch, number }: View): string {
  return epoch === 0n ? `${number}` : `${number} of epoch ${epoch}`
}
