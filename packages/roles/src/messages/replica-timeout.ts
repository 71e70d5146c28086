import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { CommitQC } from './commit-qc.js'
import { compareCommitQCs, readCommitQC, writeCommitQC } from './commit-qc.js'
import type { ReplicaCommit } from './replica-commit.js'
import { compareReplicaCommits, readReplicaCommit, writeReplicaCommit } from './replica-commit.js'
import type { View } from './view.js'
import { compareViews, readView, writeView } from './view.js'

/** A vote to end a view, with what its author knows of earlier ones. */
export interface ReplicaTimeout {
  readonly view: View
  /** The author's newest commit vote. */
  readonly highVote: ReplicaCommit | undefined
  /** The newest CommitQC that the author holds. */
  readonly highQc: CommitQC | undefined
}

/** Whether two timeout votes are equal in all fields. */
export function sameReplicaTimeout(a: ReplicaTimeout, b: ReplicaTimeout): boolean {
  return a === b || compareReplicaTimeouts(a, b) === 0
}

/**
 * Canonical order, in which a TimeoutQC lists them: by view, then high vote, then high QC; an absent one sorts first.
 * @see docs/spec/messages.md B2
 */
export function compareReplicaTimeouts(a: ReplicaTimeout, b: ReplicaTimeout): number {
  return (
    compareViews(a.view, b.view) ||
    compareOptional(a.highVote, b.highVote, compareReplicaCommits) ||
    compareOptional(a.highQc, b.highQc, compareCommitQCs)
  )
}

function compareOptional<T>(
  a: T | undefined,
  b: T | undefined,
  compare: (a: T, b: T) => number,
): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  return compare(a, b)
}

/** Writes the body of a timeout vote: view 1, high vote 2, high QC 3. */
export function writeReplicaTimeout(writer: CanonicalWriter, message: ReplicaTimeout): void {
  writer.optional(3, writeCommitQC, message.highQc)
  writer.optional(2, writeReplicaCommit, message.highVote)
  writer.message(1, writeView, message.view)
}

/** Reads the body of a timeout vote. */
export function readReplicaTimeout(reader: CanonicalReader): ReplicaTimeout {
  const view = reader.message(1, readView)
  const highVote = reader.optional(2, readReplicaCommit)
  const highQc = reader.optional(3, readCommitQC)
  return { view, highVote, highQc }
}

/** Canonical bytes of a timeout vote. */
export function encodeReplicaTimeout(message: ReplicaTimeout): Uint8Array {
  return encodeWith(writeReplicaTimeout, message)
}

/** Inverse of {@link encodeReplicaTimeout}. @throws DecodeError */
export function decodeReplicaTimeout(bytes: Uint8Array, options?: DecodeOptions): ReplicaTimeout {
  return decodeWith(readReplicaTimeout, bytes, options)
}
