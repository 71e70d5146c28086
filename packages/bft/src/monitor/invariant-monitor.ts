import type { BlockHeader, CommitQC, ReplicaState, Signed } from '@zkstack/roles'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'
import { checkCertificate, checkStoredBlock, checkVoteAgainstFinal } from './certificates.js'
import type { InvariantViolation } from './invariant.js'
import { checkProgress, checkSavedState } from './progress.js'
import { checkSending, noOwnMessages } from './own-messages.js'
import type { OwnMessages } from './own-messages.js'
import { newCertificates } from './seen-certificates.js'

/** What the monitor remembers: plain immutable data, of bounded size. */
export interface InvariantMonitor {
  /** What is on disk, as far as writes have been acknowledged. */
  readonly disk: ReplicaState | undefined
  /** The newest verified certificates, one a statement. */
  readonly certificates: readonly CommitQC[]
  /** The newest message of each kind that we sent. */
  readonly own: OwnMessages
}

/** Something that happened in or around a replica. */
export type Observation =
  /** `step` made `after` of `before`; to be observed before the effects are carried out. */
  | {
      readonly type: 'step'
      readonly before: ChonkyState
      readonly input: Input
      readonly after: ChonkyState
    }
  /** A state is on disk. */
  | { readonly type: 'persisted'; readonly state: ReplicaState }
  /** A signed message of our own is about to leave. */
  | { readonly type: 'sending'; readonly message: Signed }
  /** A block is on disk, whoever brought it; of several at once the last is enough. */
  | { readonly type: 'stored'; readonly header: BlockHeader; readonly qc: CommitQC }

/** What {@link checkInvariants} returns. */
export interface InvariantReport {
  readonly monitor: InvariantMonitor
  readonly violations: readonly InvariantViolation[]
}

/** A monitor for one replica and epoch; `persisted` is what the replica found on disk. */
export function createInvariantMonitor(persisted: ReplicaState | undefined): InvariantMonitor {
  const qc = persisted?.highCommitQc
  return {
    disk: persisted,
    certificates: qc === undefined ? [] : [qc],
    own: noOwnMessages,
  }
}

const nothing: readonly InvariantViolation[] = []

/**
 * Checks the safety invariants against one observation. Pure; costs some comparisons, and for a new certificate a look at the
 * certificates remembered. Certificates are taken as verified: nothing is learned from others.
 *
 * @see docs/spec/chonky.md
 */
export function checkInvariants(
  monitor: InvariantMonitor,
  observation: Observation,
): InvariantReport {
  switch (observation.type) {
    case 'step':
      return onStep(monitor, observation)
    case 'persisted': {
      const violations = checkSavedState(monitor.disk, observation.state)
      return { monitor: { ...monitor, disk: observation.state }, violations }
    }
    case 'sending': {
      const { own, violations } = checkSending(monitor.own, monitor.disk, observation.message)
      return { monitor: { ...monitor, own }, violations }
    }
    case 'stored': {
      const { header, qc } = observation
      return withCertificates(monitor, [qc], checkStoredBlock(header, qc))
    }
  }
}

function onStep(
  monitor: InvariantMonitor,
  { before, input, after }: Observation & { readonly type: 'step' },
): InvariantReport {
  if (before === after) return { monitor, violations: nothing }
  const progress = checkProgress(before, after)
  const seen = newCertificates(before, input, after)
  const report =
    seen.length === 0
      ? { monitor, violations: progress }
      : withCertificates(monitor, seen, progress)
  if (after.highVote === before.highVote || after.highVote === undefined) return report
  const against = checkVoteAgainstFinal(report.monitor.certificates, after.highVote)
  return against === undefined ? report : { ...report, violations: [...report.violations, against] }
}

function withCertificates(
  monitor: InvariantMonitor,
  qcs: readonly CommitQC[],
  found: readonly InvariantViolation[],
): InvariantReport {
  let { certificates } = monitor
  let violations = found
  for (const qc of qcs) {
    const checked = checkCertificate(certificates, qc)
    certificates = checked.certificates
    if (checked.violations.length > 0) violations = [...violations, ...checked.violations]
  }
  const next = certificates === monitor.certificates ? monitor : { ...monitor, certificates }
  return { monitor: next, violations }
}
