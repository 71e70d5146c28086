import { open, type FileHandle } from 'node:fs/promises'
import { diskError } from '../level/disk-error.js'
import { StorageError } from '../storage-error.js'
import { readNewestTurn } from './read-ring-file.js'
import {
  decodeHeader,
  encodeHeader,
  encodeRecord,
  hasMagic,
  headerBytes,
  recordOverhead,
  slotCount,
  slotStart,
} from './ring-layout.js'

/** Options of {@link openRingFile}. */
export interface RingFileOptions {
  /** Size that the file never exceeds. Default 64 MiB. @throws RangeError below 64 KiB and above 4 GiB. */
  readonly maxBytes?: number | undefined
  /** Told once, when writing has failed and nothing more is kept. */
  onFailure?(error: StorageError): void
}

const defaultMaxBytes = 64 * 1024 * 1024
const leastBytes = 64 * 1024
const mostBytes = 4 * 1024 * 1024 * 1024

/**
 * Opens a file of bounded size that keeps the newest records, or creates it; what an earlier process wrote stays until it is
 * overwritten. A file that is no ring file is left alone.
 *
 * @throws StorageError `STORE_SCHEMA` for a file that is something else, `STORE_PATH`, `STORE_FULL`, `STORE_IO`.
 */
export async function openRingFile(path: string, o: RingFileOptions = {}): Promise<RingFile> {
  const maxBytes = o.maxBytes ?? defaultMaxBytes
  if (!Number.isSafeInteger(maxBytes) || maxBytes < leastBytes || maxBytes > mostBytes) {
    throw new RangeError(`maxBytes: not from ${leastBytes} to ${mostBytes}`)
  }
  const slotBytes = Math.floor((maxBytes - headerBytes) / slotCount)
  try {
    const file = await openOrCreate(path)
    try {
      const turn = await prepare(file, slotBytes, path)
      return new RingFile({ file, path, slotBytes, turn, onFailure: o.onFailure })
    } catch (e) {
      await file.close()
      throw e
    }
  } catch (e) {
    throw diskError(e, path, 'open the recording')
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+')
  } catch (e) {
    if (!(e instanceof Error && 'code' in e && e.code === 'ENOENT')) throw e
    return open(path, 'wx+')
  }
}

/** Makes the file ready and returns its newest turn; 0 in a new one. */
async function prepare(file: FileHandle, slotBytes: number, path: string): Promise<bigint> {
  const header = new Uint8Array(headerBytes)
  const { bytesRead } = await file.read(header, 0, headerBytes, 0)
  if (bytesRead > 0 && !hasMagic(header)) {
    throw new StorageError('STORE_SCHEMA', `${path}: is no recording; give another path`)
  }
  if (decodeHeader(header) === slotBytes) return readNewestTurn(file, slotBytes)
  await file.truncate(0)
  await file.write(encodeHeader(slotBytes), 0, headerBytes, 0)
  return 0n
}

interface RingFileInit {
  readonly file: FileHandle
  readonly path: string
  readonly slotBytes: number
  readonly turn: bigint
  readonly onFailure: ((error: StorageError) => void) | undefined
}

/**
 * The newest records, in segments of a quarter of the file. Takes records at once and writes them in the background; what the
 * disk cannot keep up with is lost, never waited for. Written records survive the process, and a power cut as far as the
 * system had written them; every record has a checksum.
 */
export class RingFile implements AsyncDisposable {
  readonly #o: RingFileInit
  #turn: bigint
  #offset = 0
  /** Whether a segment must begin: there is none yet, or records were lost. */
  #lost = true
  #pending: { readonly bytes: Uint8Array; readonly position: number }[] = []
  #pendingBytes = 0
  #writing: Promise<void> | undefined
  #failed = false
  #closed: Promise<void> | undefined

  constructor(o: RingFileInit) {
    this.#o = o
    this.#turn = o.turn
  }

  /** What it can take: the `checkpoint` that begins a segment, a `record`, or `nothing` at present. */
  get wants(): 'checkpoint' | 'record' | 'nothing' {
    if (this.#failed || this.#closed !== undefined) return 'nothing'
    if (this.#pendingBytes > this.#o.slotBytes) {
      this.#lost = true
      return 'nothing'
    }
    return this.#lost ? 'checkpoint' : 'record'
  }

  /** Begins a segment in place of the oldest. */
  begin(checkpoint: Uint8Array): void {
    if (this.wants === 'nothing') return
    this.#turn += 1n
    this.#offset = 0
    this.#lost = false
    if (this.append(checkpoint)) return
    const message = `${this.#o.path}: a checkpoint of ${checkpoint.length} bytes does not fit into a quarter of the recording; raise its maxBytes`
    this.#fail(new StorageError('STORE_FULL', message))
  }

  /** Adds a record to the segment; false when it has no room, or there is none. */
  append(record: Uint8Array): boolean {
    const size = recordOverhead + record.length
    if (this.wants !== 'record' || this.#offset + size > this.#o.slotBytes) {
      this.#lost = true
      return false
    }
    const position = slotStart(this.#turn, this.#o.slotBytes) + this.#offset
    this.#offset += size
    this.#pending.push({ bytes: encodeRecord(this.#turn, record), position })
    this.#pendingBytes += size
    this.#writing ??= this.#write()
    return true
  }

  /** Resolves once everything taken so far is written, or writing has failed. */
  async flush(): Promise<void> {
    await this.#writing
  }

  /** Writes what is pending and closes the file. Idempotent; a failure was told to `onFailure`. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#writing
    try {
      await this.#o.file.close()
    } catch (e) {
      this.#fail(e)
    }
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    try {
      for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
        const { bytes, position } = next
        // A disk that gets full takes a part first, and tells why with the rest.
        for (let at = 0; at < bytes.length;) {
          const rest = bytes.length - at
          const { bytesWritten } = await this.#o.file.write(bytes, at, rest, position + at)
          at += bytesWritten
        }
        this.#pendingBytes -= bytes.length
      }
    } catch (e) {
      this.#fail(e)
    }
    this.#writing = undefined
  }

  #fail(e: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#pending = []
    const error = diskError(e, this.#o.path, 'write the recording')
    this.#o.onFailure?.(error)
  }
}
