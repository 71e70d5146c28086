import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Clock } from '@zkstack/concurrency'
import { bytesEqual, concatBytes } from '@zkstack/crypto'
import { json } from '@zkstack/pessimistic-proof'
import { backupManifest, type BackupManifest } from './backup-manifest.js'
import { columnPrefix } from './column.js'
import { columns } from './columns.js'
import type { BatchOperation, Database, Entry } from './database.js'
import { be32, readBe32 } from './keys.js'
import { SettlementStorageError } from './settlement-storage-error.js'

/** Where backups go, and how many are kept. */
export interface BackupOptions {
  /** A folder for backups alone. */
  readonly path: string
  /** At least 1; default 100. */
  readonly keep?: number | undefined
  readonly clock: Clock
}

const dataFile = 'data'
const manifestFile = 'manifest.json'
const unfinished = '.unfinished'

/** What the keys of the records of a version begin with. */
const versionPrefix = columnPrefix(columns.migrations.name)

/** Records written or restored in one go. */
const chunkEntries = 512

/**
 * Takes a backup: all records as they were at one moment, while writing goes on. It appears in the folder whole, under the number
 * after the last, and the oldest beyond `keep` are deleted.
 */
export async function createBackup(
  database: Database,
  { path, keep = 100, clock }: BackupOptions,
): Promise<BackupManifest> {
  if (!Number.isSafeInteger(keep) || keep < 1) throw new RangeError(`keep: expected 1 or more`)
  await mkdir(path, { recursive: true })
  const present = await listBackups(path)
  const number = (present.at(-1) ?? 0) + 1
  const partial = join(path, `${folderName(number)}${unfinished}`)
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial)
  const data = await writeData(join(partial, dataFile), database)
  const createdAtMs = BigInt(Math.floor(clock.nowUtc()))
  const manifest = { version: 1, number, createdAtMs, ...data }
  await writeManifest(join(partial, manifestFile), manifest)
  await syncFolder(partial)
  await rename(partial, join(path, folderName(number)))
  await syncFolder(path)
  for (const old of present.slice(0, Math.max(0, present.length + 1 - keep)))
    await rm(join(path, folderName(old)), { recursive: true, force: true })
  return manifest
}

/** The numbers of the backups in a folder, ascending. */
export async function listBackups(path: string): Promise<number[]> {
  const names = await readdir(path)
  return names
    .filter((name) => /^\d{10}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

/**
 * The records of a backup, after all of it was checked.
 * @throws SettlementStorageError `STORAGE_BACKUP`
 */
export async function* readBackup(path: string, number: number): AsyncGenerator<Entry> {
  const folder = join(path, folderName(number))
  const manifest = await readManifest(folder)
  const hash = createHash('sha256')
  let bytes = 0n
  for await (const chunk of chunks(join(folder, dataFile))) {
    hash.update(chunk)
    bytes += BigInt(chunk.length)
  }
  if (bytes !== manifest.bytes || hash.digest('hex') !== manifest.sha256)
    throw badBackup(folder, 'the data is not what the manifest says')
  let entries = 0
  for await (const entry of decoded(chunks(join(folder, dataFile)), folder)) {
    entries++
    yield entry
  }
  if (entries !== manifest.entries) throw badBackup(folder, 'records are missing')
}

/**
 * Fills an empty database from a backup. The records of its version come last: a part of it is no database for a node.
 * @throws SettlementStorageError `STORAGE_BACKUP` for a bad backup, or a database that is not empty: nothing was written.
 */
export async function restoreBackup(
  database: Database,
  o: { readonly path: string; readonly number: number },
): Promise<void> {
  for await (const _ of database.entries())
    throw badBackup(o.path, 'the database to restore to is not empty')
  const versions: BatchOperation[] = []
  let batch: BatchOperation[] = []
  for await (const [key, value] of readBackup(o.path, o.number)) {
    const isVersion = bytesEqual(key.subarray(0, versionPrefix.length), versionPrefix)
    const operations = isVersion ? versions : batch
    operations.push({ type: 'put', key, value })
    if (batch.length < chunkEntries) continue
    await database.write(batch)
    batch = []
  }
  await database.write([...batch, ...versions])
}

async function writeData(
  path: string,
  database: Database,
): Promise<Pick<BackupManifest, 'entries' | 'bytes' | 'sha256'>> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  let entries = 0
  let bytes = 0n
  const put = async (parts: readonly Uint8Array[]): Promise<void> => {
    const chunk = concatBytes(...parts)
    hash.update(chunk)
    bytes += BigInt(chunk.length)
    await writeAll(file, chunk)
  }
  try {
    let parts: Uint8Array[] = []
    for await (const [key, value] of database.entries()) {
      entries++
      parts.push(be32(key.length), key, be32(value.length), value)
      if (parts.length < 4 * chunkEntries) continue
      await put(parts)
      parts = []
    }
    await put(parts)
    await file.sync()
  } finally {
    await file.close()
  }
  return { entries, bytes, sha256: hash.digest('hex') }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
}

async function writeManifest(path: string, manifest: BackupManifest): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(json.stringify(backupManifest, manifest))
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and needs no such sync.
  if (sep === '\\') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string
  try {
    text = await readFile(join(folder, manifestFile), 'utf8')
  } catch (cause) {
    throw badBackup(folder, 'there is no manifest', cause)
  }
  const manifest = json.parse(backupManifest, text)
  if (!manifest.ok) throw badBackup(folder, `the manifest: ${manifest.error.message}`)
  if (manifest.value.version !== 1) throw badBackup(folder, 'a newer program made it')
  return manifest.value
}

async function* chunks(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path)) yield chunk as Uint8Array
}

/** Takes the records apart: u32 length and bytes of the key, the same of the value. */
async function* decoded(source: AsyncIterable<Uint8Array>, folder: string): AsyncGenerator<Entry> {
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of source) {
    rest = concatBytes(rest, chunk)
    for (let entry = firstEntry(rest); entry !== undefined; entry = firstEntry(rest)) {
      yield [entry.key, entry.value]
      rest = rest.subarray(entry.end)
    }
  }
  if (rest.length > 0) throw badBackup(folder, 'the last record is cut off')
}

function firstEntry(
  bytes: Uint8Array,
): { readonly key: Uint8Array; readonly value: Uint8Array; readonly end: number } | undefined {
  if (bytes.length < 4) return undefined
  const valueAt = 4 + readBe32(bytes)
  if (bytes.length < valueAt + 4) return undefined
  const end = valueAt + 4 + readBe32(bytes, valueAt)
  if (bytes.length < end) return undefined
  return { key: bytes.slice(4, valueAt), value: bytes.slice(valueAt + 4, end), end }
}

function folderName(number: number): string {
  return String(number).padStart(10, '0')
}

function badBackup(folder: string, reason: string, cause?: unknown): SettlementStorageError {
  return new SettlementStorageError('STORAGE_BACKUP', `${folder}: ${reason}`, { cause })
}
