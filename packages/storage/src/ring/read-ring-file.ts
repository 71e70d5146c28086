import { open, type FileHandle } from 'node:fs/promises'
import { diskError } from '../level/disk-error.js'
import { StorageError } from '../storage-error.js'
import {
  decodeHeader,
  decodeSlot,
  headerBytes,
  recordLength,
  recordOverhead,
  slotCount,
  type Slot,
} from './ring-layout.js'

/**
 * What a ring file holds, oldest first: a list of records for each segment, the checkpoint first. A segment ends at the first
 * record that was not written whole. The file may be in use.
 *
 * @throws StorageError `STORE_SCHEMA` for a file that is something else, `STORE_PATH`, `STORE_IO`.
 */
export async function readRingFile(path: string): Promise<readonly (readonly Uint8Array[])[]> {
  try {
    const file = await open(path, 'r')
    try {
      const header = new Uint8Array(headerBytes)
      await file.read(header, 0, headerBytes, 0)
      const slotBytes = decodeHeader(header)
      if (slotBytes === undefined) {
        throw new StorageError('STORE_SCHEMA', `${path}: is no recording`)
      }
      const slots = await readSlots(file, slotBytes)
      return slots.map(({ records }) => records)
    } finally {
      await file.close()
    }
  } catch (e) {
    throw diskError(e, path, 'read the recording')
  }
}

/** The slots that hold something, the oldest first. */
export async function readSlots(file: FileHandle, slotBytes: number): Promise<readonly Slot[]> {
  const { size } = await file.stat()
  const slots: Slot[] = []
  for (let i = 0; i < slotCount; i += 1) {
    const start = headerBytes + i * slotBytes
    const slot = decodeSlot(await readAt(file, start, Math.min(slotBytes, size - start)))
    if (slot !== undefined) slots.push(slot)
  }
  return slots.sort((a, b) => (a.turn < b.turn ? -1 : 1))
}

/** The newest turn, by the first record of each slot: the rest may be larger than memory; 0 when there is none. */
export async function readNewestTurn(file: FileHandle, slotBytes: number): Promise<bigint> {
  const { size } = await file.stat()
  let newest = 0n
  for (let i = 0; i < slotCount; i += 1) {
    const start = headerBytes + i * slotBytes
    const most = Math.min(slotBytes, size - start)
    const head = await readAt(file, start, Math.min(recordOverhead, most))
    const length = Math.min(recordLength(head), most)
    const turn = decodeSlot(await readAt(file, start, length))?.turn ?? 0n
    if (turn > newest) newest = turn
  }
  return newest
}

/** Up to so many bytes; fewer where the file ends. */
async function readAt(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, length))
  let read = 0
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, start + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes
}
