import type { SignatureScheme } from '@zkstack/crypto'
import { writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { EpochScope } from '../messages/epoch-scope.js'
import { Signers } from '../messages/signers.js'
import { hashEpoch } from './epoch-hash.js'
import type { EpochRecord } from './epoch-record.js'
import { verifyEpochRecord } from './verify-epoch-record.js'

/** A validator's consent that the committee of the next epoch takes over. */
export interface EpochVote {
  /** The epoch that begins. */
  readonly epoch: bigint
  /** Public key of a validator of the epoch before. */
  readonly key: Uint8Array
  /** Its signature over `hashEpoch` of the epoch that begins. */
  readonly sig: Uint8Array
}

function writeEpochVote(writer: CanonicalWriter, vote: EpochVote): void {
  writer.message(3, writeBytes, vote.sig)
  writer.message(2, writeBytes, vote.key)
  writer.uint64(1, vote.epoch)
}

function readEpochVote(reader: CanonicalReader, scheme: SignatureScheme): EpochVote {
  const epoch = reader.uint64(1)
  const key = reader.message(2, (r) => r.bytes(1, scheme.publicKeyBytes))
  const sig = reader.message(3, (r) => r.bytes(1, scheme.signatureBytes))
  return { epoch, key, sig }
}

/** Canonical bytes of a vote: epoch 1, key 2, signature 3. */
export function encodeEpochVote(vote: EpochVote): Uint8Array {
  return encodeWith(writeEpochVote, vote)
}

/** Inverse of {@link encodeEpochVote}; the signature is not verified. @throws DecodeError */
export function decodeEpochVote(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  options?: DecodeOptions,
): EpochVote {
  return decodeWith((reader) => readEpochVote(reader, scheme), bytes, options)
}

/** Whether a vote is of a validator of the epoch before, and for this epoch. One signature check. */
export function verifyEpochVote(vote: EpochVote, epoch: EpochScope, before: EpochScope): boolean {
  if (vote.epoch !== epoch.epoch || before.epoch + 1n !== epoch.epoch) return false
  const validator = before.schedule.at(before.schedule.indexOf(vote.key) ?? -1)
  const { scheme } = before.schedule
  if (validator === undefined || !scheme.isCanonicalSignature(vote.sig)) return false
  return scheme.verify(validator.handle, hashEpoch(epoch), vote.sig)
}

/**
 * The record with its certificate, once verified votes have the weight of a quorum of the epoch before; undefined until then. Of
 * several votes of a validator the first one counts.
 * @see docs/spec/messages.md V11
 */
export function certifyEpoch(
  record: EpochRecord,
  votes: readonly EpochVote[],
  before: EpochScope,
): EpochRecord | undefined {
  const { schedule } = before
  const signatures = new Map<number, Uint8Array>()
  for (const { key, sig } of votes) {
    const index = schedule.indexOf(key)
    if (index !== undefined && !signatures.has(index)) signatures.set(index, sig)
  }
  const parts = [...signatures]
    .map(([index, signature]) => ({ index, signature }))
    .sort((a, b) => a.index - b.index)
  const signers = Signers.of(schedule.length, signatures.keys())
  if (signers.weight(schedule) < schedule.quorum) return undefined
  const signature = schedule.scheme.aggregate(parts)
  if (signature === undefined) return undefined
  const certified = { ...record, certificate: { signers, signature } }
  return verifyEpochRecord(certified, before).ok ? certified : undefined
}
