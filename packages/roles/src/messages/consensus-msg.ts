import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { ProposalJustification } from './justification.js'
import { justificationView, readJustification, writeJustification } from './justification.js'
import type { ReplicaCommit } from './replica-commit.js'
import { readReplicaCommit, writeReplicaCommit } from './replica-commit.js'
import type { ReplicaTimeout } from './replica-timeout.js'
import { readReplicaTimeout, writeReplicaTimeout } from './replica-timeout.js'
import type { View } from './view.js'

/** A leader's proposal of a block. */
export interface LeaderProposal {
  /** Absent iff the justification implies a block that was proposed before. */
  readonly payload: Uint8Array | undefined
  readonly justification: ProposalJustification
}

/** A replica's news that it entered a view, and why. */
export interface ReplicaNewView {
  readonly justification: ProposalJustification
}

/** A message of the consensus protocol. */
export type ConsensusMsg =
  | { readonly type: 'leaderProposal'; readonly value: LeaderProposal }
  | { readonly type: 'replicaCommit'; readonly value: ReplicaCommit }
  | { readonly type: 'replicaTimeout'; readonly value: ReplicaTimeout }
  | { readonly type: 'replicaNewView'; readonly value: ReplicaNewView }

/** Kind of a message, in queues, logs and metrics. */
export type MessageLabel =
  'LeaderProposalV2' | 'ReplicaCommitV2' | 'ReplicaTimeoutV2' | 'ReplicaNewViewV2'

const labels: Readonly<Record<ConsensusMsg['type'], MessageLabel>> = {
  leaderProposal: 'LeaderProposalV2',
  replicaCommit: 'ReplicaCommitV2',
  replicaTimeout: 'ReplicaTimeoutV2',
  replicaNewView: 'ReplicaNewViewV2',
}

/** The label of a message. */
export function labelOf(message: ConsensusMsg): MessageLabel {
  return labels[message.type]
}

/** The view a message belongs to: a vote's own, the justified one of a proposal or NewView. */
export function viewOf(message: ConsensusMsg): View {
  return 'view' in message.value
    ? message.value.view
    : justificationView(message.value.justification)
}

/** Writes the body of a proposal: payload 1 if present, justification 2. */
export function writeLeaderProposal(writer: CanonicalWriter, message: LeaderProposal): void {
  writer.message(2, writeJustification, message.justification)
  if (message.payload !== undefined) writer.bytes(1, message.payload)
}

/** Reads the body of a proposal. */
export function readLeaderProposal(reader: CanonicalReader): LeaderProposal {
  const payload = reader.nextField === 1 ? reader.payload(1) : undefined
  const justification = reader.message(2, readJustification)
  return { payload, justification }
}

/** Writes the body of a NewView: justification 1. */
export function writeReplicaNewView(writer: CanonicalWriter, message: ReplicaNewView): void {
  writer.message(1, writeJustification, message.justification)
}

/** Reads the body of a NewView. */
export function readReplicaNewView(reader: CanonicalReader): ReplicaNewView {
  return { justification: reader.message(1, readJustification) }
}

function writeChonkyMsg(writer: CanonicalWriter, message: ConsensusMsg): void {
  switch (message.type) {
    case 'replicaCommit':
      return writer.message(1, writeReplicaCommit, message.value)
    case 'replicaTimeout':
      return writer.message(2, writeReplicaTimeout, message.value)
    case 'replicaNewView':
      return writer.message(3, writeReplicaNewView, message.value)
    case 'leaderProposal':
      return writer.message(4, writeLeaderProposal, message.value)
  }
}

function readChonkyMsg(reader: CanonicalReader): ConsensusMsg {
  switch (reader.nextField) {
    case 2:
      return { type: 'replicaTimeout', value: reader.message(2, readReplicaTimeout) }
    case 3:
      return { type: 'replicaNewView', value: reader.message(3, readReplicaNewView) }
    case 4:
      return { type: 'leaderProposal', value: reader.message(4, readLeaderProposal) }
    default:
      return { type: 'replicaCommit', value: reader.message(1, readReplicaCommit) }
  }
}

/** Writes the body of a consensus message: version 2 of the protocol in field 8. */
export function writeConsensusMsg(writer: CanonicalWriter, message: ConsensusMsg): void {
  writer.message(8, writeChonkyMsg, message)
}

/** Reads the body of a consensus message. */
export function readConsensusMsg(reader: CanonicalReader): ConsensusMsg {
  return reader.message(8, readChonkyMsg)
}

/** Canonical bytes of a consensus message. */
export function encodeConsensusMsg(message: ConsensusMsg): Uint8Array {
  return encodeWith(writeConsensusMsg, message)
}

/** Inverse of {@link encodeConsensusMsg}. @throws DecodeError */
export function decodeConsensusMsg(bytes: Uint8Array, options?: DecodeOptions): ConsensusMsg {
  return decodeWith(readConsensusMsg, bytes, options)
}
