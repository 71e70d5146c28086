import { hashMsg, Signers, sortTimeoutQcEntries } from '@zkstack/roles'
import type { CommitQC, ReplicaCommit, ReplicaTimeout, TimeoutQC } from '@zkstack/roles'
import type { Committee } from '../committee.js'

/** The ways in which a CommitQC can be made without the votes. */
export const commitQcFabrications = [
  'nothing',
  'no signature',
  'too few signers',
  'wrong signers',
  'wrong view',
  'wrong block',
  'wrong bitmap',
] as const

/** The ways in which a TimeoutQC can be made without the votes. */
export const timeoutQcFabrications = [
  'nothing',
  'no signature',
  'too few signers',
  'wrong signers',
  'wrong view',
  'embedded QC fabricated',
  'one QC in two votes',
  'one vote twice',
  'overlapping entries',
] as const

/** A way to fabricate a CommitQC. */
export type CommitQcFabrication = (typeof commitQcFabrications)[number]

/** A way to fabricate a TimeoutQC. */
export type TimeoutQcFabrication = (typeof timeoutQcFabrications)[number]

/** Those who fabricate: they sign for themselves only, and a good QC of theirs is at hand to be changed. */
export interface Forger {
  readonly committee: Committee
  readonly coalition: readonly number[]
  readonly genuine: CommitQC | undefined
}

type Message =
  | { readonly type: 'replicaCommit'; readonly value: ReplicaCommit }
  | { readonly type: 'replicaTimeout'; readonly value: ReplicaTimeout }

function coalitionSignature({ committee, coalition }: Forger, message: Message): Uint8Array {
  const hash = hashMsg(message)
  const parts = coalition
    .toSorted((a, b) => a - b)
    .map((index) => ({ index, signature: committee.signature(index, hash) }))
  const { scheme } = committee.schedule
  return scheme.aggregate(parts) ?? scheme.emptyAggregate
}

/** A CommitQC for a vote, of which no quorum has signed it. */
export function fabricateCommitQc(
  forger: Forger,
  vote: ReplicaCommit,
  how: CommitQcFabrication,
): CommitQC {
  const { committee, coalition, genuine } = forger
  const { size, schedule } = committee
  const empty = schedule.scheme.emptyAggregate
  const everybody = Signers.of(size, committee.everybody())
  const own = coalitionSignature(forger, { type: 'replicaCommit', value: vote })
  switch (how) {
    case 'nothing':
      return { message: vote, signers: Signers.empty(size), signature: empty }
    case 'no signature':
      return { message: vote, signers: everybody, signature: empty }
    case 'too few signers':
      return { message: vote, signers: Signers.of(size, coalition), signature: own }
    case 'wrong signers':
      return { message: vote, signers: everybody, signature: own }
    case 'wrong view':
      return { ...(genuine ?? { signers: everybody, signature: own }), message: vote }
    case 'wrong block': {
      const message = genuine === undefined ? vote : { ...genuine.message, proposal: vote.proposal }
      return { ...(genuine ?? { signers: everybody, signature: own }), message }
    }
    case 'wrong bitmap':
      return { message: vote, signers: Signers.of(size + 8, committee.everybody()), signature: own }
  }
}

/** A TimeoutQC of a view that no quorum voted to end; `vote` is what its fabricated high votes and high QCs claim. */
export function fabricateTimeoutQc(
  forger: Forger,
  view: bigint,
  vote: ReplicaCommit,
  how: TimeoutQcFabrication,
): TimeoutQC {
  const { committee, coalition, genuine } = forger
  const { size, schedule } = committee
  const everybody = Signers.of(size, committee.everybody())
  const message = committee.timeout(view, { highVote: vote, highQc: genuine })
  const own = coalitionSignature(forger, { type: 'replicaTimeout', value: message })
  const qc = {
    view: committee.view(view),
    entries: [{ message, signers: everybody }],
    signature: own,
  }
  switch (how) {
    case 'nothing':
      return { ...qc, entries: [], signature: schedule.scheme.emptyAggregate }
    case 'no signature':
      return { ...qc, signature: schedule.scheme.emptyAggregate }
    case 'too few signers':
      return { ...qc, entries: [{ message, signers: Signers.of(size, coalition) }] }
    case 'wrong signers':
      return qc
    case 'wrong view':
      return {
        ...qc,
        entries: [{ message: { ...message, view: committee.view(view + 1n) }, signers: everybody }],
      }
    case 'embedded QC fabricated': {
      const highQc = fabricateCommitQc(forger, vote, 'wrong signers')
      const value = committee.timeout(view, { highVote: vote, highQc })
      const signature = coalitionSignature(forger, { type: 'replicaTimeout', value })
      return { ...qc, entries: [{ message: value, signers: everybody }], signature }
    }
    case 'one QC in two votes': {
      const others = committee.everybody().filter((index) => !coalition.includes(index))
      const other = committee.timeout(view, { highQc: genuine })
      const entries = [
        { message, signers: Signers.of(size, coalition) },
        { message: other, signers: Signers.of(size, others) },
      ]
      return { ...qc, entries: sortTimeoutQcEntries(entries) }
    }
    case 'one vote twice':
      return { ...qc, entries: [...qc.entries, ...qc.entries] }
    case 'overlapping entries': {
      const other = { message: committee.timeout(view), signers: Signers.of(size, coalition) }
      return { ...qc, entries: sortTimeoutQcEntries([...qc.entries, other]) }
    }
  }
}
