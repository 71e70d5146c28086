import { err, ok, type Result } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { BlockHeader } from './block-header.js'
import {
  compareBlockHeaders,
  readBlockHeader,
  sameBlockHeader,
  writeBlockHeader,
} from './block-header.js'
import type { EpochScope } from './epoch-scope.js'
import type { View, ViewVerifyError } from './view.js'
import { compareViews, readView, sameView, verifyView, writeView } from './view.js'

/** A vote for a block in a view. */
export interface ReplicaCommit {
  readonly view: View
  readonly proposal: BlockHeader
}

/** Why a commit vote is invalid. */
export interface ReplicaCommitVerifyError {
  readonly code: 'BAD_VIEW'
  readonly cause: ViewVerifyError
}

/**
 * Checks that a commit vote is of this chain and epoch. There is nothing else to check without its signature.
 * @see docs/spec/messages.md V2
 */
export function validateReplicaCommit(
  message: ReplicaCommit,
  scope: EpochScope,
): Result<void, ReplicaCommitVerifyError> {
  const view = verifyView(message.view, scope)
  return view.ok ? ok(undefined) : err({ code: 'BAD_VIEW', cause: view.error })
}

/** The same as {@link validateReplicaCommit}: a commit vote embeds no signature. */
export const verifyReplicaCommit = validateReplicaCommit

/** Whether two commit votes are equal in all fields. */
export function sameReplicaCommit(a: ReplicaCommit, b: ReplicaCommit): boolean {
  return a === b || (sameView(a.view, b.view) && sameBlockHeader(a.proposal, b.proposal))
}

/** Canonical order: by view, then block header. */
export function compareReplicaCommits(a: ReplicaCommit, b: ReplicaCommit): number {
  return compareViews(a.view, b.view) || compareBlockHeaders(a.proposal, b.proposal)
}

/** Writes the body of a commit vote: view 1, proposal 2. */
export function writeReplicaCommit(writer: CanonicalWriter, message: ReplicaCommit): void {
  writer.message(2, writeBlockHeader, message.proposal)
  writer.message(1, writeView, message.view)
}

/** Reads the body of a commit vote. */
export function readReplicaCommit(reader: CanonicalReader): ReplicaCommit {
  const view = reader.message(1, readView)
  const proposal = reader.message(2, readBlockHeader)
  return { view, proposal }
}

/** Canonical bytes of a commit vote. */
export function encodeReplicaCommit(message: ReplicaCommit): Uint8Array {
  return encodeWith(writeReplicaCommit, message)
}

/** Inverse of {@link encodeReplicaCommit}. @throws DecodeError */
export function decodeReplicaCommit(bytes: Uint8Array, options?: DecodeOptions): ReplicaCommit {
  return decodeWith(readReplicaCommit, bytes, options)
}
