import { ed25519, keccak256, type Hash32 } from '@zkstack/crypto'
import { writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { NodePublicKey, NodeSecretKey } from '../keys/node-secret-key.js'

/** Whatever a node key signs: the identity of a connection. */
export interface NodeMsg {
  readonly type: 'sessionId'
  readonly value: Uint8Array
}

/** A signed message of the node role. */
export interface NodeSigned {
  readonly msg: NodeMsg
  readonly key: NodePublicKey
  /** 64 bytes. */
  readonly sig: Uint8Array
}

function writeNodeMsg(writer: CanonicalWriter, msg: NodeMsg): void {
  writer.bytes(1, msg.value)
}

function readNodeMsg(reader: CanonicalReader): NodeMsg {
  return { type: 'sessionId', value: reader.bytes(1) }
}

function writeNodeSigned(writer: CanonicalWriter, signed: NodeSigned): void {
  writer.message(3, writeBytes, signed.sig)
  writer.message(2, writeBytes, signed.key)
  writer.message(1, writeNodeMsg, signed.msg)
}

function readNodeSigned(reader: CanonicalReader): NodeSigned {
  const msg = reader.message(1, readNodeMsg)
  const key = reader.message(2, (r) => r.bytes(1, 32))
  const sig = reader.message(3, (r) => r.bytes(1, 64))
  return { msg, key, sig }
}

/** Canonical bytes of a message of the node role: session id 1. */
export function encodeNodeMsg(msg: NodeMsg): Uint8Array {
  return encodeWith(writeNodeMsg, msg)
}

/** Inverse of {@link encodeNodeMsg}. @throws DecodeError */
export function decodeNodeMsg(bytes: Uint8Array, options?: DecodeOptions): NodeMsg {
  return decodeWith(readNodeMsg, bytes, options)
}

/** What is signed: keccak256 of the canonical bytes. */
export function hashNodeMsg(msg: NodeMsg): Hash32 {
  return keccak256(encodeNodeMsg(msg))
}

/** Signs a message of the node role. */
export function signNodeMsg(msg: NodeMsg, key: NodeSecretKey): NodeSigned {
  return { msg, key: key.publicKey, sig: key.sign(hashNodeMsg(msg)) }
}

/** Whether the signature is right. */
export function verifyNodeSigned(signed: NodeSigned): boolean {
  return ed25519.verify(signed.key, hashNodeMsg(signed.msg), signed.sig)
}

/** Canonical bytes of a signed message of the node role: message 1, key 2, signature 3. */
export function encodeNodeSigned(signed: NodeSigned): Uint8Array {
  return encodeWith(writeNodeSigned, signed)
}

/** Inverse of {@link encodeNodeSigned}. @throws DecodeError */
export function decodeNodeSigned(bytes: Uint8Array, options?: DecodeOptions): NodeSigned {
  return decodeWith(readNodeSigned, bytes, options)
}
