import { crc32c } from '../leveldb-files/crc32c.js'

/**
 * A ring file: a header, then {@link slotCount} slots of equal size that are overwritten in turn. All numbers are big-endian.
 *
 * - header (32): ASCII `zkstack-ring/1` and two zeros (16) ‖ bytes of a slot (4) ‖ CRC-32C of these (4) ‖ zeros (8)
 * - record (16 + n): length n (4) ‖ slot's turn (8) ‖ CRC-32C of turn and body (4) ‖ body (n)
 *
 * A slot holds records of one turn from its start on; the first that is none, or of another turn, ends it.
 */
export const headerBytes = 32

/** Three quarters of the file are history when a slot begins. */
export const slotCount = 4

/** Bytes of a record around its body. */
export const recordOverhead = 16

const magic = new TextEncoder().encode('zkstack-ring/1\0\0')

/** The header of a file with slots of that size. */
export function encodeHeader(slotBytes: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  bytes.set(magic)
  const view = new DataView(bytes.buffer)
  view.setUint32(16, slotBytes)
  view.setUint32(20, crc32c(bytes, 0, 20))
  return bytes
}

/** The slot size that a header tells; undefined when it is none. */
export function decodeHeader(bytes: Uint8Array): number | undefined {
  if (bytes.length < headerBytes || magic.some((byte, i) => bytes[i] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return view.getUint32(20) === crc32c(bytes, 0, 20) ? view.getUint32(16) : undefined
}

/** Whether bytes begin like a ring file. */
export function hasMagic(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}

/** Where a turn's slot begins. */
export function slotStart(turn: bigint, slotBytes: number): number {
  return headerBytes + Number(turn % BigInt(slotCount)) * slotBytes
}

/** A record as it is written. */
export function encodeRecord(turn: bigint, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(recordOverhead + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, body.length)
  view.setBigUint64(4, turn)
  bytes.set(body, recordOverhead)
  view.setUint32(12, checksum(bytes, 0, body.length))
  return bytes
}

/** Bytes of a whole record as its first ones tell, unchecked; 0 when they are too few. */
export function recordLength(bytes: Uint8Array): number {
  if (bytes.length < recordOverhead) return 0
  return recordOverhead + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
}

/** What a slot holds: its turn and the bodies of its records, which are views. */
export interface Slot {
  readonly turn: bigint
  readonly records: readonly Uint8Array[]
}

/** What a slot holds; undefined when that is nothing. */
export function decodeSlot(bytes: Uint8Array): Slot | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const records: Uint8Array[] = []
  let turn: bigint | undefined
  let at = 0
  while (at + recordOverhead <= bytes.length) {
    const length = view.getUint32(at)
    const of = view.getBigUint64(at + 4)
    if (length > bytes.length - at - recordOverhead || (turn !== undefined && of !== turn)) break
    if (view.getUint32(at + 12) !== checksum(bytes, at, length)) break
    // Zeros are no record.
    if (of === 0n) break
    turn = of
    records.push(bytes.subarray(at + recordOverhead, at + recordOverhead + length))
    at += recordOverhead + length
  }
  return turn === undefined ? undefined : { turn, records }
}

function checksum(bytes: Uint8Array, at: number, length: number): number {
  const body = crc32c(bytes, at + recordOverhead, at + recordOverhead + length)
  return (crc32c(bytes, at, at + 12) ^ body) >>> 0
}
