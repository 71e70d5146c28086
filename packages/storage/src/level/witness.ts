import { fdatasync, write } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import { StorageError } from '../storage-error.js'
import { checkedBody, checkedRecord, checksumBytes } from './checked-record.js'
import { FieldReader } from './fields.js'
import { storeIdBytes } from './head.js'

/** The last write that was acknowledged: its sequence number and the checksum of its head. */
export interface Testimony {
  readonly storeId: Uint8Array
  readonly sequence: bigint
  readonly checksum: Uint8Array
}

/** What the file says: its valid slots, the newest one first. */
export type WitnessContent = readonly Testimony[]

/** Where the witness is kept: bytes that are overwritten in place. */
export interface WitnessFile {
  /** All bytes, {@link witnessBytes} of them; zeros where nothing was written. */
  read(): Promise<Uint8Array>
  /** Overwrites one sector and syncs it. */
  write(sector: Uint8Array, position: number): Promise<void>
  close(): Promise<void>
}

/** One slot per sector of 4096 bytes, so that a torn write of one leaves the other alone. */
const slotBytes = 4096
const slots = 2
const testimonyBytes = storeIdBytes + 8 + checksumBytes
const recordBytes = checksumBytes + testimonyBytes
const table = 'witness'
const noKey = new Uint8Array()

/** Size of a witness file. */
export const witnessBytes = slots * slotBytes

/**
 * A small file beside the database that knows the last acknowledged write. LevelDB may lose the end of its log without a word;
 * this file makes that visible. It is overwritten in place, slot by slot in turn, and synced after each write to the database.
 */
export class Witness {
  readonly #file: WitnessFile
  readonly #slot = new Uint8Array(slotBytes)
  /** Store id (16) ‖ sequence number (8) ‖ checksum (32), of the write that is being witnessed. */
  readonly #body = new Uint8Array(testimonyBytes)
  readonly #numbers = new DataView(this.#body.buffer)

  private constructor(file: WitnessFile) {
    this.#file = file
  }

  /** Reads what a file says. `undefined`: nothing was written to it. Throws StorageError `STORE_CORRUPT`. */
  static async read(
    file: WitnessFile,
    path: string,
  ): Promise<{ readonly witness: Witness; readonly content: WitnessContent | undefined }> {
    try {
      return { witness: new Witness(file), content: contentOf(await file.read(), path) }
    } catch (e) {
      await file.close()
      throw e
    }
  }

  /** Writes and syncs; not to be called again before that. */
  write(testimony: Testimony): Promise<void> {
    const { storeId, sequence, checksum } = testimony
    this.#body.set(storeId)
    this.#numbers.setBigUint64(storeIdBytes, sequence)
    this.#body.set(checksum, testimonyBytes - checksumBytes)
    this.#slot.set(checkedRecord(table, noKey, this.#body).value)
    return this.#file.write(this.#slot, Number(sequence % BigInt(slots)) * slotBytes)
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Opens the file of a witness in a folder, or creates it. */
export async function openWitnessFile(path: string): Promise<WitnessFile> {
  const file = await openOrCreate(path)
  return {
    read: async () => {
      const bytes = new Uint8Array(witnessBytes)
      await file.read(bytes, 0, bytes.length, 0)
      return bytes
    },
    write: (sector, position) => writeAndSync(file.fd, sector, position),
    close: () => file.close(),
  }
}

/** With callbacks: this is on the way of every vote, and each promise of the file handle costs more than its system call. */
function writeAndSync(fd: number, sector: Uint8Array, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (e: Error | null): void => {
      if (e === null) resolve()
      else reject(e)
    }
    write(fd, sector, 0, sector.length, position, (e, written) => {
      if (e !== null) settle(e)
      else if (written < sector.length)
        settle(new Error(`${written} of ${sector.length} bytes written`))
      else fdatasync(fd, settle)
    })
  })
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (e) {
    if (!(e instanceof Error && 'code' in e && e.code === 'ENOENT')) throw e
  }
  const file = await open(path, 'wx+')
  try {
    await file.write(new Uint8Array(witnessBytes), 0, witnessBytes, 0)
    await file.sync()
    await syncFolder(dirname(path))
    return file
  } catch (e) {
    await file.close()
    throw e
  }
}

function contentOf(bytes: Uint8Array, path: string): WitnessContent | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined
  const content = Array.from({ length: slots }, (_, i) =>
    readSlot(bytes.subarray(i * slotBytes, i * slotBytes + recordBytes)),
  ).filter((slot) => slot !== undefined)
  if (content.length === 0) {
    // The first write goes to the first slot: torn there, with the second one blank, it was never acknowledged.
    if (bytes.subarray(slotBytes).every((byte) => byte === 0)) return undefined
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
    const reader = new FieldReader(table, checkedBody(table, noKey, value))
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
