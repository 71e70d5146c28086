import { bytesEqual, compareBytes } from '@zkstack/crypto'
import { readBytes, writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { Schedule } from '../schedule/schedule.js'
import type { ReplicaCommit } from './replica-commit.js'
import {
  compareReplicaCommits,
  readReplicaCommit,
  sameReplicaCommit,
  writeReplicaCommit,
} from './replica-commit.js'
import { readSigners, Signers, writeSigners } from './signers.js'

/** A quorum's votes for one block in one view: proof that the block is final. */
export interface CommitQC {
  readonly message: ReplicaCommit
  readonly signers: Signers
  /** Aggregate of the signers' signatures over the hash of `message`. */
  readonly signature: Uint8Array
}

/** The CommitQC of no votes yet. */
export function emptyCommitQC(message: ReplicaCommit, schedule: Schedule): CommitQC {
  const signature = schedule.scheme.emptyAggregate.slice()
  return { message, signers: Signers.empty(schedule.length), signature }
}

/** Whether two CommitQCs are equal in all fields, bitmap and signature included. */
export function sameCommitQC(a: CommitQC, b: CommitQC): boolean {
  return (
    a === b ||
    (sameReplicaCommit(a.message, b.message) &&
      a.signers.equals(b.signers) &&
      bytesEqual(a.signature, b.signature))
  )
}

/** Canonical order: by message, then signers, then signature bytes. */
export function compareCommitQCs(a: CommitQC, b: CommitQC): number {
  return (
    compareReplicaCommits(a.message, b.message) ||
    a.signers.compare(b.signers) ||
    compareBytes(a.signature, b.signature)
  )
}

/** Writes the body of a CommitQC: message 1, signers 2, signature 3. */
export function writeCommitQC(writer: CanonicalWriter, qc: CommitQC): void {
  writer.message(3, writeBytes, qc.signature)
  writer.message(2, writeSigners, qc.signers)
  writer.message(1, writeReplicaCommit, qc.message)
}

/** Reads the body of a CommitQC. */
export function readCommitQC(reader: CanonicalReader): CommitQC {
  const message = reader.message(1, readReplicaCommit)
  const signers = reader.message(2, readSigners)
  const signature = reader.message(3, readBytes)
  return { message, signers, signature }
}

/** Canonical bytes of a CommitQC. */
export function encodeCommitQC(qc: CommitQC): Uint8Array {
  return encodeWith(writeCommitQC, qc)
}

/** Inverse of {@link encodeCommitQC}. @throws DecodeError */
export function decodeCommitQC(bytes: Uint8Array, options?: DecodeOptions): CommitQC {
  return decodeWith(readCommitQC, bytes, options)
}
