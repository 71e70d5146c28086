import { hash32, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../../types/address.js'
import { CodecFailure } from '../codec-error.js'
import { bigintFromBytes, bytesFromBigint } from '../u256.js'
import type { Bincode } from './bincode.js'

function checkNumber(value: number, below: number): number {
  if (Number.isInteger(value) && value >= 0 && value < below) return value
  throw new RangeError(`bincode: expected an unsigned number below ${below}, got ${value}`)
}

function checkBigint(value: bigint): bigint {
  if (BigInt.asUintN(64, value) === value) return value
  throw new RangeError(`bincode: expected an unsigned 64-bit number, got ${value}`)
}

/** An unsigned byte. */
export const u8: Bincode<number> = {
  minBytes: 1,
  write: (writer, value) => writer.u8(checkNumber(value, 2 ** 8)),
  read: (reader) => reader.u8(),
}

/** An unsigned 32-bit number. */
export const u32: Bincode<number> = {
  minBytes: 4,
  write: (writer, value) => writer.u32(checkNumber(value, 2 ** 32)),
  read: (reader) => reader.u32(),
}

/** An unsigned 64-bit number. */
export const u64: Bincode<bigint> = {
  minBytes: 8,
  write: (writer, value) => writer.u64(checkBigint(value)),
  read: (reader) => reader.u64(),
}

/** One byte, 0 or 1. */
export const bool: Bincode<boolean> = {
  minBytes: 1,
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read(reader) {
    const byte = reader.u8()
    if (byte > 1) throw new CodecFailure('BAD_VARIANT', `${byte} is no boolean`)
    return byte === 1
  },
}

/** A digest: 32 bytes, without length. */
export const hash: Bincode<Hash32> = {
  minBytes: 32,
  write: (writer, value) => writer.bytes(hash32(value)),
  read: (reader) => hash32(reader.bytes(32)),
}

/** Bytes after their length. */
export const byteString: Bincode<Uint8Array> = {
  minBytes: 8,
  write(writer, value) {
    writer.u64(BigInt(value.length))
    writer.bytes(value)
  },
  read: (reader) => reader.bytes(reader.length(1)),
}

/** UTF-8 after its length. */
export const text: Bincode<string> = {
  minBytes: 8,
  write: (writer, value) => byteString.write(writer, new TextEncoder().encode(value)),
  read: (reader) => decodeUtf8(byteString.read(reader)),
}

/** The text that bytes write in UTF-8. @throws CodecFailure */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new CodecFailure('BAD_TEXT', 'the text is not UTF-8')
  }
}

/** 20 bytes after their length. */
export const addressBytes: Bincode<Address> = {
  minBytes: 28,
  write: (writer, value) => byteString.write(writer, address(value)),
  read: (reader) => address(exactly(20, byteString.read(reader))),
}

/** 32 big-endian bytes after their length, in both codecs. */
export const u256: Bincode<bigint> = {
  minBytes: 40,
  write: (writer, value) => byteString.write(writer, bytesFromBigint(value)),
  read: (reader) => bigintFromBytes(exactly(32, byteString.read(reader))),
}

function exactly(length: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length === length) return bytes
  throw new CodecFailure('BAD_LENGTH', `expected ${length} bytes, got ${bytes.length}`)
}
