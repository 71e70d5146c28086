import { open, type FileHandle } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import { StorageError } from '../storage-error.js'
import { checkedBody, checkedRecord, checksumBytes } from './checked-record.js'
import { FieldReader, FieldWriter } from './fields.js'
import { storeIdBytes } from './head.js'

/** The last write that was acknowledged: its sequence number and the checksum of its head. */
export interface Testimony {
  readonly storeId: Uint8Array
  readonly sequence: bigint
  readonly checksum: Uint8Array
}

/** What the file says: its valid slots, the newest one first. */
export type WitnessContent = readonly Testimony[]

/** One slot per sector of 4096 bytes, so that a torn write of one leaves the other alone. */
const slotBytes = 4096
const slots = 2
const recordBytes = checksumBytes + storeIdBytes + 8 + checksumBytes
const table = 'witness'

/**
 * A small file beside the database that knows the last acknowledged write. LevelDB may lose the end of its log without a word;
 * this file makes that visible. It is overwritten in place, slot by slot in turn, and synced after each write to the database.
 */
export class Witness {
  readonly #file: FileHandle

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Opens the file, or creates it; reads what it says. `undefined`: there was none, or nothing was written to it. */
  static async open(
    path: string,
  ): Promise<{ readonly witness: Witness; readonly content: WitnessContent | undefined }> {
    const file = await openOrCreate(path)
    try {
      return { witness: new Witness(file), content: await read(file, path) }
    } catch (e) {
      await file.close()
      throw e
    }
  }

  /** Writes and syncs. */
  async write(testimony: Testimony): Promise<void> {
    const { storeId, sequence, checksum } = testimony
    const body = new FieldWriter().fixed(storeId).u64(sequence).fixed(checksum).finish()
    const slot = new Uint8Array(slotBytes)
    slot.set(checkedRecord(table, new Uint8Array(), body).value)
    await this.#file.write(slot, 0, slotBytes, Number(sequence % BigInt(slots)) * slotBytes)
    await this.#file.datasync()
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#file.close()
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (e) {
    if (!(e instanceof Error && 'code' in e && e.code === 'ENOENT')) throw e
  }
  const file = await open(path, 'wx+')
  try {
    await file.write(new Uint8Array(slots * slotBytes), 0, slots * slotBytes, 0)
    await file.sync()
    await syncFolder(dirname(path))
    return file
  } catch (e) {
    await file.close()
    throw e
  }
}

async function read(file: FileHandle, path: string): Promise<WitnessContent | undefined> {
  const bytes = new Uint8Array(slots * slotBytes)
  await file.read(bytes, 0, bytes.length, 0)
  if (bytes.every((byte) => byte === 0)) return undefined
  const content = Array.from({ length: slots }, (_, i) =>
    readSlot(bytes.subarray(i * slotBytes, i * slotBytes + recordBytes)),
  ).filter((slot) => slot !== undefined)
  if (content.length === 0) {
    throw new StorageError(
      'STORE_CORRUPT',
      `${path}: is damaged, so nobody can tell whether the database is complete`,
    )
  }
  return content.sort((a, b) => (a.sequence < b.sequence ? 1 : -1))
}

/** A slot; undefined when it is blank, torn or damaged. */
function readSlot(value: Uint8Array): Testimony | undefined {
  try {
    const reader = new FieldReader(table, checkedBody(table, new Uint8Array(), value))
    const storeId = reader.fixed(storeIdBytes)
    return { storeId, sequence: reader.u64(), checksum: reader.fixed(checksumBytes) }
  } catch (e) {
    if (e instanceof StorageError) return undefined
    throw e
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and needs no such sync.
  if (sep === '\\') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
