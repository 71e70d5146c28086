import type { SignatureScheme } from '@zkstack/crypto'
import { writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { Schedule } from '../schedule/schedule.js'
import type { ConsensusMsg } from './consensus-msg.js'
import type { Msg } from './msg.js'
import { hashAnyMsg, hashMsg, readMsg, writeMsg } from './msg.js'

/** A message, who claims to have signed it, and the signature over its hash. */
export interface SignedMsg<T> {
  readonly msg: T
  /** Canonical public key of the author. */
  readonly key: Uint8Array
  readonly sig: Uint8Array
}

/** A signed consensus message. */
export type Signed = SignedMsg<ConsensusMsg>

/** Signs a consensus message. @throws RangeError for an invalid secret key. */
export function signMsg(msg: ConsensusMsg, secret: Uint8Array, scheme: SignatureScheme): Signed {
  return { msg, key: scheme.publicKey(secret), sig: scheme.sign(secret, hashMsg(msg)) }
}

/** Signs any message of the validator role. @throws RangeError for an invalid secret key. */
export function signAnyMsg<T extends Msg>(
  msg: T,
  secret: Uint8Array,
  scheme: SignatureScheme,
): SignedMsg<T> {
  return { msg, key: scheme.publicKey(secret), sig: scheme.sign(secret, hashAnyMsg(msg)) }
}

/** Whether the author's signature is right; false for a key outside the schedule. */
export function verifySigned(signed: Signed, schedule: Schedule): boolean {
  const key = schedule.at(schedule.indexOf(signed.key) ?? -1)?.handle
  return key !== undefined && schedule.scheme.verify(key, hashMsg(signed.msg), signed.sig)
}

/** Whether a signature over any message of the validator role is right; the key need not be in a schedule. */
export function verifyAnySigned(signed: SignedMsg<Msg>, scheme: SignatureScheme): boolean {
  const key = scheme.importPublicKey(signed.key)
  return key !== undefined && scheme.verify(key, hashAnyMsg(signed.msg), signed.sig)
}

function writeSignedMsg(writer: CanonicalWriter, signed: SignedMsg<Msg>): void {
  writer.message(3, writeBytes, signed.sig)
  writer.message(2, writeBytes, signed.key)
  writer.message(1, writeMsg, signed.msg)
}

function readSignedMsg(reader: CanonicalReader, scheme: SignatureScheme): SignedMsg<Msg> {
  const msg = reader.message(1, readMsg)
  const key = reader.message(2, (r) => r.bytes(1, scheme.publicKeyBytes))
  const sig = reader.message(3, (r) => r.bytes(1, scheme.signatureBytes))
  return { msg, key, sig }
}

/** Writes the body of a signed consensus message: message 1, key 2, signature 3. */
export function writeConsensusSigned(writer: CanonicalWriter, signed: Signed): void {
  writeSignedMsg(writer, { ...signed, msg: { type: 'consensus', value: signed.msg } })
}

/** Reads the body of a signed consensus message. */
export function readConsensusSigned(reader: CanonicalReader, scheme: SignatureScheme): Signed {
  const at = reader.offset
  const { msg, key, sig } = readSignedMsg(reader, scheme)
  if (msg.type !== 'consensus') {
    return reader.fail('NOT_CONSENSUS', `a message of type ${msg.type}`, at)
  }
  return { msg: msg.value, key, sig }
}

/** Canonical bytes of a signed consensus message: message 1, key 2, signature 3. */
export function encodeSigned(signed: Signed): Uint8Array {
  return encodeWith(writeConsensusSigned, signed)
}

/**
 * Inverse of {@link encodeSigned}. Key and signature have the lengths of the scheme; neither is checked further.
 * @throws DecodeError, with code `NOT_CONSENSUS` for a well-formed message of another sort.
 */
export function decodeSigned(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  options?: DecodeOptions,
): Signed {
  return decodeWith((reader) => readConsensusSigned(reader, scheme), bytes, options)
}

/** Canonical bytes of any signed message of the validator role. */
export function encodeAnySigned(signed: SignedMsg<Msg>): Uint8Array {
  return encodeWith(writeSignedMsg, signed)
}

/** Inverse of {@link encodeAnySigned}. @throws DecodeError */
export function decodeAnySigned(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  options?: DecodeOptions,
): SignedMsg<Msg> {
  return decodeWith((reader) => readSignedMsg(reader, scheme), bytes, options)
}
