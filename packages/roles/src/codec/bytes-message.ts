import { hash32, type Hash32 } from '@zkstack/crypto'
import type { CanonicalReader } from './canonical-reader.js'
import type { CanonicalWriter } from './canonical-writer.js'

/** Writes a message that holds one byte string in field 1: a key, a signature, a digest. */
export function writeBytes(writer: CanonicalWriter, bytes: Uint8Array): void {
  writer.bytes(1, bytes)
}

/** Reads a message that holds one byte string in field 1. */
export function readBytes(reader: CanonicalReader): Uint8Array {
  return reader.bytes(1)
}

/** Reads a message that holds a 32-byte digest in field 1. */
export function readHash(reader: CanonicalReader): Hash32 {
  return hash32(reader.bytes(1, 32))
}
