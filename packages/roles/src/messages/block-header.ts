import { bytesEqual, compareBytes, type Hash32 } from '@zkstack/crypto'
import { readHash, writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import { compareNumbers } from './view.js'

/** What a commit vote names of a block: its number and the keccak256 of its payload. */
export interface BlockHeader {
  readonly number: bigint
  readonly payload: Hash32
}

/** Whether two headers name the same block. */
export function sameBlockHeader(a: BlockHeader, b: BlockHeader): boolean {
  return a.number === b.number && bytesEqual(a.payload, b.payload)
}

/** Canonical order: by number, then payload hash. */
export function compareBlockHeaders(a: BlockHeader, b: BlockHeader): number {
  return compareNumbers(a.number, b.number) || compareBytes(a.payload, b.payload)
}

/** Writes the body of a header: number 1, payload hash 2. */
export function writeBlockHeader(writer: CanonicalWriter, header: BlockHeader): void {
  writer.message(2, writeBytes, header.payload)
  writer.uint64(1, header.number)
}

/** Reads the body of a header. */
export function readBlockHeader(reader: CanonicalReader): BlockHeader {
  const number = reader.uint64(1)
  const payload = reader.message(2, readHash)
  return { number, payload }
}

/** Canonical bytes of a block header. */
export function encodeBlockHeader(header: BlockHeader): Uint8Array {
  return encodeWith(writeBlockHeader, header)
}

/** Inverse of {@link encodeBlockHeader}. @throws DecodeError */
export function decodeBlockHeader(bytes: Uint8Array, options?: DecodeOptions): BlockHeader {
  return decodeWith(readBlockHeader, bytes, options)
}
