import type { CommitQC, ProposalJustification } from '@zkstack/roles'
import type { Input, VerifiedInput } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'

/** Certificates that a step took over, or that the check whose answer it was about found valid. */
export function newCertificates(
  before: ChonkyState,
  input: Input,
  after: ChonkyState,
): readonly CommitQC[] {
  const verified = input.type === 'verified' ? verifiedBy(before, input) : none
  const high = after.highCommitQc
  return high === undefined || high === before.highCommitQc ? verified : [...verified, high]
}

const none: readonly CommitQC[] = []

function verifiedBy(state: ChonkyState, { id, result }: VerifiedInput): readonly CommitQC[] {
  const check = state.checks.get(id)?.check
  if (check?.type === 'message' && result.type === 'message') {
    const { justification } = check
    return result.outcome === 'valid' && justification ? within(justification) : none
  }
  if (check?.type !== 'votes' || result.type !== 'votes') return none
  const failed = new Set(result.failedQc)
  return check.embedded
    .filter(({ authors }) => !authors.some((author) => failed.has(author)))
    .map(({ qc }) => qc)
}

function within(justification: ProposalJustification): readonly CommitQC[] {
  if (justification.type === 'commit') return [justification.qc]
  return justification.qc.entries.flatMap(({ message }) => message.highQc ?? [])
}
