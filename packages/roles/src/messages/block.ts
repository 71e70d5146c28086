import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import { CanonicalWriter, encodeWith } from '../codec/canonical-writer.js'
import type { CommitQC } from './commit-qc.js'
import { readCommitQC, writeCommitQC } from './commit-qc.js'
import { hashPayload } from './msg.js'

/** A block that consensus finalized. */
export interface FinalBlock {
  readonly kind: 'final'
  readonly number: bigint
  readonly epoch: bigint
  /** The view in which it became final. */
  readonly view: bigint
  readonly payload: Uint8Array
  /** The hash in the certificate. {@link createFinalBlock} and `verifyFinalBlock` check that the payload has it; decoding does not. */
  readonly payloadHash: Hash32
  readonly justification: CommitQC
}

/** A block from before the genesis' first block; only the execution layer can judge it. */
export interface PreGenesisBlock {
  readonly kind: 'preGenesis'
  readonly number: bigint
  readonly payload: Uint8Array
  readonly justification: Uint8Array
}

/** A block of the chain. */
export type Block = FinalBlock | PreGenesisBlock

/**
 * Joins a payload and its certificate. Pass `payloadHash` when the payload's hash is already known: then nothing is hashed.
 * @throws RangeError when the certificate is for another payload.
 */
export function createFinalBlock(
  payload: Uint8Array,
  justification: CommitQC,
  payloadHash: Hash32 = hashPayload(payload),
): FinalBlock {
  if (!bytesEqual(payloadHash, justification.message.proposal.payload)) {
    throw new RangeError('payload: the certificate is for another payload')
  }
  return finalBlock(payload, justification)
}

function finalBlock(payload: Uint8Array, justification: CommitQC): FinalBlock {
  const { proposal, view } = justification.message
  return {
    kind: 'final',
    number: proposal.number,
    epoch: view.epoch,
    view: view.number,
    payload,
    payloadHash: proposal.payload,
    justification,
  }
}

/** Writes the body of a final block: payload 1, CommitQC 2. */
export function writeFinalBlock(writer: CanonicalWriter, block: FinalBlock): void {
  writer.message(2, writeCommitQC, block.justification)
  writer.bytes(1, block.payload)
}

/** Reads the body of a final block. */
export function readFinalBlock(reader: CanonicalReader): FinalBlock {
  const payload = reader.payload(1)
  return finalBlock(payload, reader.message(2, readCommitQC))
}

function writePreGenesisBlock(writer: CanonicalWriter, block: PreGenesisBlock): void {
  writer.bytes(3, block.justification)
  writer.bytes(2, block.payload)
  writer.uint64(1, block.number)
}

function readPreGenesisBlock(reader: CanonicalReader): PreGenesisBlock {
  const number = reader.uint64(1)
  const payload = reader.payload(2)
  const justification = reader.bytes(3)
  return { kind: 'preGenesis', number, payload, justification }
}

/** Writes the body of a block: a pre-genesis block in field 2 or a final one in field 3. */
export function writeBlock(writer: CanonicalWriter, block: Block): void {
  if (block.kind === 'final') writer.message(3, writeFinalBlock, block)
  else writer.message(2, writePreGenesisBlock, block)
}

/** Reads the body of a block. */
export function readBlock(reader: CanonicalReader): Block {
  return reader.nextField === 2
    ? reader.message(2, readPreGenesisBlock)
    : reader.message(3, readFinalBlock)
}

/** Canonical bytes of a final block, without the wrapper of {@link encodeBlock}. */
export function encodeFinalBlock(block: FinalBlock): Uint8Array {
  return encodeWith(writeFinalBlock, block)
}

/** Inverse of {@link encodeFinalBlock}; the payload is not hashed. @throws DecodeError */
export function decodeFinalBlock(bytes: Uint8Array, options?: DecodeOptions): FinalBlock {
  return decodeWith(readFinalBlock, bytes, options)
}

/** Canonical bytes of a block. */
export function encodeBlock(block: Block): Uint8Array {
  return encodeWith(writeBlock, block)
}

/** {@link encodeBlock} in pieces, one after another: a payload of 1 kB or more is a piece of its own, and not copied. */
export function encodeBlockPieces(block: Block): Uint8Array[] {
  const writer = new CanonicalWriter()
  writeBlock(writer, block)
  return writer.parts()
}

/** {@link encodeBlockPieces} of a final block whose certificate is there as canonical bytes. */
export function joinFinalBlock(payload: Uint8Array, certificate: Uint8Array): Uint8Array[] {
  const writer = new CanonicalWriter()
  const write = (body: CanonicalWriter): void => {
    body.bytes(2, certificate)
    body.bytes(1, payload)
  }
  writer.message(3, write, undefined)
  return writer.parts()
}

/** Inverse of {@link encodeBlock}; the payload is not hashed. @throws DecodeError */
export function decodeBlock(bytes: Uint8Array, options?: DecodeOptions): Block {
  return decodeWith(readBlock, bytes, options)
}
