import { bytesEqual, compareBytes, type SignatureScheme } from '@zkstack/crypto'
import type { DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { Signed } from '../messages/signed.js'
import { encodeSigned, readConsensusSigned, writeConsensusSigned } from '../messages/signed.js'
import type { ConflictKind } from './conflict.js'
import { conflictOf } from './conflict.js'

/**
 * Two signed messages of one validator that contradict each other: with good signatures a proof, to anybody, that the
 * validator is at fault. A commit comes before a timeout; otherwise the messages come in the order of their bytes.
 */
export interface Evidence {
  readonly conflict: ConflictKind
  /** Canonical public key of the validator. */
  readonly key: Uint8Array
  readonly first: Signed
  readonly second: Signed
}

/**
 * Evidence of two messages in any order, `undefined` when they are of different authors or do not contradict each other. No
 * signature is verified.
 */
export function createEvidence(a: Signed, b: Signed): Evidence | undefined {
  if (!bytesEqual(a.key, b.key)) return undefined
  const conflict = conflictOf(a.msg, b.msg)
  if (conflict === undefined) return undefined
  const [first, second] = inOrder(a, b) ? [a, b] : [b, a]
  return { conflict, key: first.key, first, second }
}

function inOrder(a: Signed, b: Signed): boolean {
  if (a.msg.type !== b.msg.type) return a.msg.type === 'replicaCommit'
  return compareBytes(encodeSigned(a), encodeSigned(b)) < 0
}

function writeEvidence(writer: CanonicalWriter, { first, second }: Evidence): void {
  writer.message(2, writeConsensusSigned, second)
  writer.message(1, writeConsensusSigned, first)
}

/** Canonical bytes of evidence: the two signed messages, 1 and 2. Everything else follows from them. */
export function encodeEvidence(evidence: Evidence): Uint8Array {
  return encodeWith(writeEvidence, evidence)
}

/**
 * Inverse of {@link encodeEvidence}; verifies no signature. Pass `maxValidators` where the schedule is known: memory is then
 * bounded by a small multiple of the input.
 * @throws DecodeError, with code `NO_CONFLICT` for messages that do not contradict each other or have different authors,
 * `NOT_IN_ORDER` for messages in the other order.
 */
export function decodeEvidence(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  options?: DecodeOptions,
): Evidence {
  return decodeWith(
    (reader) => {
      const first = reader.message(1, (r) => readConsensusSigned(r, scheme))
      const second = reader.message(2, (r) => readConsensusSigned(r, scheme))
      const evidence = createEvidence(first, second)
      if (evidence === undefined) return reader.fail('NO_CONFLICT', 'no contradiction', 0)
      if (evidence.first !== first)
        return reader.fail('NOT_IN_ORDER', 'the messages change places', 0)
      return evidence
    },
    bytes,
    options,
  )
}
