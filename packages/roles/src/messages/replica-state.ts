import type { Hash32 } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { CommitQC } from './commit-qc.js'
import { readCommitQC, writeCommitQC } from './commit-qc.js'
import { hashPayload } from './msg.js'
import type { ReplicaCommit } from './replica-commit.js'
import { readReplicaCommit, writeReplicaCommit } from './replica-commit.js'
import { readVoid, writeVoid } from './std.js'
import type { TimeoutQC } from './timeout-qc.js'
import { readTimeoutQC, writeTimeoutQC } from './timeout-qc.js'

/** A payload that the execution layer accepted, for a block that is not known to be stored yet. */
export interface Proposal {
  readonly number: bigint
  readonly payload: Uint8Array
  /** keccak256 of the payload; not encoded. */
  readonly hash: Hash32
}

/** How far a replica got in its view. */
export type Phase = 'prepare' | 'commit' | 'timeout'

/** What a replica must remember across restarts. */
export interface ReplicaState {
  readonly epoch: bigint
  readonly view: bigint
  readonly phase: Phase
  readonly highVote: ReplicaCommit | undefined
  readonly highCommitQc: CommitQC | undefined
  readonly highTimeoutQc: TimeoutQC | undefined
  readonly proposals: readonly Proposal[]
}

const phases: readonly Phase[] = ['prepare', 'commit', 'timeout']

/** The state of a replica that never ran in an epoch. */
export function defaultReplicaState(epoch = 0n): ReplicaState {
  return {
    epoch,
    view: 0n,
    phase: 'prepare',
    highVote: undefined,
    highCommitQc: undefined,
    highTimeoutQc: undefined,
    proposals: [],
  }
}

function writePhase(writer: CanonicalWriter, phase: Phase): void {
  writer.message(phases.indexOf(phase) + 1, writeVoid, undefined)
}

function readPhase(reader: CanonicalReader): Phase {
  const field = reader.nextField
  const phase = phases[field - 1]
  if (phase === undefined) reader.fail(field === 0 ? 'MISSING_FIELD' : 'UNEXPECTED_FIELD', 'phase')
  reader.message(field, readVoid)
  return phase
}

function writeProposal(writer: CanonicalWriter, proposal: Proposal): void {
  writer.bytes(2, proposal.payload)
  writer.uint64(1, proposal.number)
}

function readProposal(reader: CanonicalReader): Proposal {
  const number = reader.uint64(1)
  const payload = reader.payload(2)
  return { number, payload, hash: hashPayload(payload) }
}

function writeChonkyState(writer: CanonicalWriter, state: ReplicaState): void {
  writer.uint64(7, state.epoch)
  writer.repeated(6, writeProposal, state.proposals)
  writer.optional(5, writeTimeoutQC, state.highTimeoutQc)
  writer.optional(4, writeCommitQC, state.highCommitQc)
  writer.optional(3, writeReplicaCommit, state.highVote)
  writer.message(2, writePhase, state.phase)
  writer.uint64(1, state.view)
}

function readChonkyState(reader: CanonicalReader): ReplicaState {
  const view = reader.uint64(1)
  const phase = reader.message(2, readPhase)
  const highVote = reader.optional(3, readReplicaCommit)
  const highCommitQc = reader.optional(4, readCommitQC)
  const highTimeoutQc = reader.optional(5, readTimeoutQC)
  const proposals = reader.repeated(6, readProposal)
  const epoch = reader.uint64(7)
  return { epoch, view, phase, highVote, highCommitQc, highTimeoutQc, proposals }
}

/** Canonical bytes of a replica's state: version 2 of the protocol in field 7. */
export function encodeReplicaState(state: ReplicaState): Uint8Array {
  return encodeWith((writer, value) => writer.message(7, writeChonkyState, value), state)
}

/** Inverse of {@link encodeReplicaState}; hashes the payloads. @throws DecodeError */
export function decodeReplicaState(bytes: Uint8Array, options?: DecodeOptions): ReplicaState {
  return decodeWith((reader) => reader.message(7, readChonkyState), bytes, options)
}
