import { keccak256, type Hash32 } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import { CanonicalWriter, encodeWith } from '../codec/canonical-writer.js'
import type { ConsensusMsg } from './consensus-msg.js'
import { readConsensusMsg, writeConsensusMsg, type LeaderProposal } from './consensus-msg.js'
import { HashedProposal } from './hashed-proposal.js'
import type { NetAddress } from './net-address.js'
import { readNetAddress, writeNetAddress } from './net-address.js'

/** Whatever a validator key signs. */
export type Msg =
  | { readonly type: 'consensus'; readonly value: ConsensusMsg }
  /** The identity of a connection, which the signature binds to the validator. */
  | { readonly type: 'sessionId'; readonly value: Uint8Array }
  | { readonly type: 'netAddress'; readonly value: NetAddress }

/** Writes the body of a message: consensus 1, session id 2 or net address 3. */
export function writeMsg(writer: CanonicalWriter, msg: Msg): void {
  if (msg.type === 'consensus') writer.message(1, writeConsensusMsg, msg.value)
  else if (msg.type === 'sessionId') writer.bytes(2, msg.value)
  else writer.message(3, writeNetAddress, msg.value)
}

/** Reads the body of a message. */
export function readMsg(reader: CanonicalReader): Msg {
  switch (reader.nextField) {
    case 2:
      return { type: 'sessionId', value: reader.bytes(2) }
    case 3:
      return { type: 'netAddress', value: reader.message(3, readNetAddress) }
    default:
      return { type: 'consensus', value: reader.message(1, readConsensusMsg) }
  }
}

/** Canonical bytes of a message. */
export function encodeMsg(msg: Msg): Uint8Array {
  return encodeWith(writeMsg, msg)
}

/** Inverse of {@link encodeMsg}. @throws DecodeError */
export function decodeMsg(bytes: Uint8Array, options?: DecodeOptions): Msg {
  return decodeWith(readMsg, bytes, options)
}

/**
 * What is signed for any message: keccak256 of its canonical bytes. Payloads are hashed where they lie, and not again when
 * the proposal is a {@link HashedProposal}.
 */
export function hashAnyMsg(msg: Msg): Hash32 {
  if (msg.type === 'consensus' && msg.value.value instanceof HashedProposal) {
    return msg.value.value.messageHash
  }
  const writer = new CanonicalWriter()
  writeMsg(writer, msg)
  return keccak256(...writer.parts())
}

/**
 * What is signed for a consensus message: keccak256 of its canonical bytes in the wrapper of all messages.
 * @see docs/spec/messages.md H1
 */
export function hashMsg(message: ConsensusMsg): Hash32 {
  return hashAnyMsg({ type: 'consensus', value: message })
}

/** The hash by which a block header names a payload: its keccak256. */
export function hashPayload(payload: Uint8Array): Hash32 {
  return keccak256(payload)
}

/** The hash of a proposal's payload, not computed again when the proposal is a {@link HashedProposal}. */
export function payloadHashOf(proposal: LeaderProposal): Hash32 {
  if (proposal instanceof HashedProposal) return proposal.payloadHash
  return hashPayload(proposal.payload ?? new Uint8Array())
}
