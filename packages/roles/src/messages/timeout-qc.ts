import { bytesEqual } from '@zkstack/crypto'
import { readBytes, writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { Schedule } from '../schedule/schedule.js'
import type { ReplicaTimeout } from './replica-timeout.js'
import {
  compareReplicaTimeouts,
  readReplicaTimeout,
  sameReplicaTimeout,
  writeReplicaTimeout,
} from './replica-timeout.js'
import type { Signers } from './signers.js'
import { readSigners, writeSigners } from './signers.js'
import type { View } from './view.js'
import { readView, sameView, writeView } from './view.js'

/** One distinct timeout vote, and who signed it. */
export interface TimeoutQCEntry {
  readonly message: ReplicaTimeout
  readonly signers: Signers
}

/** A quorum's votes to end a view. */
export interface TimeoutQC {
  readonly view: View
  /** In canonical order of the messages, each message once. */
  readonly entries: readonly TimeoutQCEntry[]
  /** Aggregate of the signatures of all signers, each over the hash of its own message. */
  readonly signature: Uint8Array
}

/** The TimeoutQC of no votes yet. */
export function emptyTimeoutQC(view: View, schedule: Schedule): TimeoutQC {
  return { view, entries: [], signature: schedule.scheme.emptyAggregate.slice() }
}

/** The entries in canonical order; of distinct messages, or the result has no canonical encoding. */
export function sortTimeoutQcEntries(entries: readonly TimeoutQCEntry[]): TimeoutQCEntry[] {
  return entries.toSorted((a, b) => compareReplicaTimeouts(a.message, b.message))
}

/** Sum of the weights of all signers, who must be distinct. */
export function timeoutQcWeight(qc: TimeoutQC, schedule: Schedule): bigint {
  return qc.entries.reduce((sum, entry) => sum + entry.signers.weight(schedule), 0n)
}

/** Whether two TimeoutQCs are equal in all fields. */
export function sameTimeoutQC(a: TimeoutQC, b: TimeoutQC): boolean {
  return (
    a === b ||
    (sameView(a.view, b.view) &&
      bytesEqual(a.signature, b.signature) &&
      a.entries.length === b.entries.length &&
      a.entries.every((entry, i) => {
        const other = b.entries[i] as TimeoutQCEntry
        return (
          entry.signers.equals(other.signers) && sameReplicaTimeout(entry.message, other.message)
        )
      }))
  )
}

/** Writes the body of a TimeoutQC: view 1, messages 2 and their signers 3 as parallel lists, signature 4. */
export function writeTimeoutQC(writer: CanonicalWriter, qc: TimeoutQC): void {
  writer.message(4, writeBytes, qc.signature)
  writer.repeated(3, (w, entry) => writeSigners(w, entry.signers), qc.entries)
  writer.repeated(2, (w, entry) => writeReplicaTimeout(w, entry.message), qc.entries)
  writer.message(1, writeView, qc.view)
}

/** Reads the body of a TimeoutQC; its messages are strictly ascending and have one bitmap each. */
export function readTimeoutQC(reader: CanonicalReader): TimeoutQC {
  const view = reader.message(1, readView)
  const messages = readMessages(reader)
  const entries = reader.repeated(3, (r, index): TimeoutQCEntry => {
    const message = messages[index]
    if (message === undefined) return r.fail('LIST_MISMATCH', 'more bitmaps than messages')
    return { message, signers: readSigners(r) }
  })
  if (entries.length < messages.length) reader.fail('LIST_MISMATCH', 'fewer bitmaps than messages')
  const signature = reader.message(4, readBytes)
  return { view, entries, signature }
}

/** Reads the messages; no more than there can be validators, for each is signed by one of its own. */
function readMessages(reader: CanonicalReader): ReplicaTimeout[] {
  let last: ReplicaTimeout | undefined
  const readNext = (r: CanonicalReader): ReplicaTimeout => {
    const at = r.offset
    const message = readReplicaTimeout(r)
    const order = last === undefined ? -1 : compareReplicaTimeouts(last, message)
    if (order === 0) r.fail('DUPLICATE_ENTRY', 'the same message twice', at)
    if (order > 0) r.fail('UNSORTED', 'messages out of canonical order', at)
    last = message
    return message
  }
  return reader.repeated(2, readNext, reader.maxValidators)
}

/** Canonical bytes of a TimeoutQC. */
export function encodeTimeoutQC(qc: TimeoutQC): Uint8Array {
  return encodeWith(writeTimeoutQC, qc)
}

/** Inverse of {@link encodeTimeoutQC}. @throws DecodeError */
export function decodeTimeoutQC(bytes: Uint8Array, options?: DecodeOptions): TimeoutQC {
  return decodeWith(readTimeoutQC, bytes, options)
}
