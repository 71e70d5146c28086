import type { Hash32, SignatureScheme } from '@zkstack/crypto'
import { readBytes, writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { EpochScope } from '../messages/epoch-scope.js'
import { readSigners, writeSigners, type Signers } from '../messages/signers.js'
import { readSchedule } from '../schedule/decode-schedule.js'
import { writeSchedule } from '../schedule/encode-schedule.js'
import type { Schedule } from '../schedule/schedule.js'

/** A quorum of the committee of the epoch before, who sign that this one takes over. */
export interface EpochCertificate {
  /** Validators of the epoch before. */
  readonly signers: Signers
  /** Aggregate of their signatures over `hashEpoch`. */
  readonly signature: Uint8Array
}

/** An epoch: who rules from which block on, and what proves it to those who know the epoch before. */
export interface EpochRecord {
  readonly epoch: bigint
  /** The first block that this committee finalizes. */
  readonly firstBlock: bigint
  readonly schedule: Schedule
  /** By validator index; empty when the signature scheme needs none. */
  readonly proofsOfPossession: readonly Uint8Array[]
  /** Absent: the first epoch, which is trusted as the genesis is, or a certificate that was never gathered. */
  readonly certificate: EpochCertificate | undefined
}

/** What messages and blocks of an epoch are judged by. */
export function epochScopeOf(record: EpochRecord, genesis: Hash32): EpochScope {
  const { epoch, firstBlock, schedule } = record
  return { genesis, epoch, firstBlock, schedule }
}

function writeCertificate(writer: CanonicalWriter, certificate: EpochCertificate): void {
  writer.message(2, writeBytes, certificate.signature)
  writer.message(1, writeSigners, certificate.signers)
}

function readCertificate(reader: CanonicalReader): EpochCertificate {
  const signers = reader.message(1, readSigners)
  const signature = reader.message(2, readBytes)
  return { signers, signature }
}

/** Canonical bytes of a certificate: signers 1, signature 2. */
export function encodeEpochCertificate(certificate: EpochCertificate): Uint8Array {
  return encodeWith(writeCertificate, certificate)
}

/** Inverse of {@link encodeEpochCertificate}; the signature is not verified. @throws DecodeError */
export function decodeEpochCertificate(
  bytes: Uint8Array,
  options?: DecodeOptions,
): EpochCertificate {
  return decodeWith(readCertificate, bytes, options)
}

/** Writes the body of an epoch: number 1, first block 2, schedule 3, proofs of possession 4, certificate 5. */
export function writeEpochRecord(writer: CanonicalWriter, record: EpochRecord): void {
  writer.optional(5, writeCertificate, record.certificate)
  writer.repeated(4, writeBytes, record.proofsOfPossession)
  writer.message(3, writeSchedule, record.schedule)
  writer.uint64(2, record.firstBlock)
  writer.uint64(1, record.epoch)
}

/** Reads the body of an epoch. */
export function readEpochRecord(reader: CanonicalReader, scheme: SignatureScheme): EpochRecord {
  const epoch = reader.uint64(1)
  const firstBlock = reader.uint64(2)
  const schedule = reader.message(3, (r) => readSchedule(r, scheme))
  const proofsAt = reader.offset
  const proofsOfPossession = reader.repeated(4, readBytes)
  const count = proofsOfPossession.length
  if (count !== 0 && count !== schedule.length) {
    reader.fail('PROOFS_MISMATCH', `${count} proofs for ${schedule.length} validators`, proofsAt)
  }
  const certificate = reader.optional(5, readCertificate)
  return { epoch, firstBlock, schedule, proofsOfPossession, certificate }
}

/** Canonical bytes of an epoch. */
export function encodeEpochRecord(record: EpochRecord): Uint8Array {
  return encodeWith(writeEpochRecord, record)
}

/** Inverse of {@link encodeEpochRecord}; nothing is verified but the keys. @throws DecodeError */
export function decodeEpochRecord(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  options?: DecodeOptions,
): EpochRecord {
  return decodeWith((reader) => readEpochRecord(reader, scheme), bytes, options)
}
