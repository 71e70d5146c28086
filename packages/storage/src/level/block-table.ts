import { bytesEqual, DecodeError, type Hash32 } from '@zkstack/crypto'
import {
  createFinalBlock,
  decodeCommitQC,
  encodeBlockPieces,
  encodeCommitQC,
  joinFinalBlock,
  type Block,
  type CommitQC,
} from '@zkstack/roles'
import { blockHash } from '../block-identity.js'
import { encodedLength } from '../encoded-blocks.js'
import { StorageError } from '../storage-error.js'
import type { BlockTip, EncodedBlock, EncodedRun } from '../store.js'
import { decodeBlockEntry, encodeBlockEntry, type BlockEntry } from './block-entry.js'
import { checkedBody, checkedRecord, storedChecksum } from './checked-record.js'
import { be64 } from './fields.js'
import { noChecksum, type Head } from './head.js'
import type { Operation, RecordDatabase } from './record-database.js'
import type { PayloadTable } from './payload-table.js'
import { RecordRun } from './record-run.js'
import { payloadKey } from './state-record.js'

const noBytes = new Uint8Array()

/** Certificates that are deleted by one write. */
const certificatesAtOnce = 4096n

/** An index entry, and the checksum by which its successor or the head knows it. */
export interface StoredEntry extends BlockEntry {
  readonly checksum: Uint8Array
}

/** What an append writes. */
export interface AppendPlan {
  readonly operations: readonly Operation[]
  /** Of the head after it. */
  readonly next: bigint
  /** Of the head after it. */
  readonly tip: Uint8Array
}

/** How an append treats the payload. */
export interface AppendOptions {
  /** Whether the payload belongs in this store. */
  readonly payloadHere: boolean
  /** Whether its record is there already. */
  readonly payloadStored: boolean
}

/** The blocks of a store: index, certificates and payloads. */
export class BlockTable {
  readonly #database: RecordDatabase
  readonly #payloads: PayloadTable

  constructor(database: RecordDatabase, payloads: PayloadTable) {
    this.#database = database
    this.#payloads = payloads
  }

  /** The index entry at a height; undefined when there is none. */
  async entry(n: bigint): Promise<StoredEntry | undefined> {
    const key = be64(n)
    const value = await this.#database.get('block', key)
    if (value === undefined) return undefined
    return {
      ...decodeBlockEntry(checkedBody('block', key, value)),
      checksum: storedChecksum(value),
    }
  }

  /** The block at a height where there is one. Throws StorageError `STORE_GAP`, `STORE_CORRUPT`. */
  async read(n: bigint, head: Head): Promise<Block> {
    const entry = await this.#existing(n)
    const payload = entry.payloadHere ? await this.#payload(n, entry.payloadHash) : noBytes
    if (isOfEarlierFork(entry, n, head)) {
      return { kind: 'preGenesis', number: n, payload, justification: noBytes }
    }
    const justification = await this.#certificate(n, entry)
    if (entry.kind === 'preGenesis') {
      return { kind: 'preGenesis', number: n, payload, justification }
    }
    return createFinalBlock(payload, decodeQc(n, justification, entry), entry.payloadHash)
  }

  /**
   * The blocks from a height on as canonical bytes, checked as {@link read} checks them but not decoded; the first of them is there.
   * Throws StorageError `STORE_GAP`, `STORE_CORRUPT`.
   */
  async readEncoded(first: bigint, run: EncodedRun, head: Head): Promise<EncodedBlock[]> {
    const { count, maxBytes } = run
    const end = first + BigInt(count)
    const range = { gte: be64(first), lt: be64(end < head.next ? end : head.next) }
    const read = (table: 'block' | 'cert' | 'payload'): RecordRun =>
      new RecordRun(this.#database.entryRuns(table, { ...range, bytesAtOnce: maxBytes }))
    await using entries = read('block')
    await using certificates = read('cert')
    await using payloads = read('payload')
    const blocks: EncodedBlock[] = []
    let bytes = 0
    for (let n = first; n < first + BigInt(count) && n < head.next; n++) {
      const value = await entries.at(be64(n))
      if (value === undefined) throw gap(n)
      const entry = decodeBlockEntry(checkedBody('block', be64(n), value))
      const payload = entry.payloadHere ? await this.#payloadOf(n, entry, payloads) : noBytes
      const encoded = isOfEarlierFork(entry, n, head)
        ? encodePreGenesis(n, payload, noBytes)
        : encodeEntry(n, entry, payload, certificateOf(n, entry, await certificates.at(be64(n))))
      bytes += encodedLength(encoded)
      if (blocks.length > 0 && bytes > maxBytes) break
      blocks.push(encoded)
    }
    return blocks
  }

  /** The newest block's tip; undefined for an empty store. */
  async tip(head: Head): Promise<BlockTip | undefined> {
    const { first, next } = head
    if (first === next) return undefined
    const number = next - 1n
    const entry = await this.#existing(number)
    if (entry.kind === 'preGenesis' || isOfEarlierFork(entry, number, head)) {
      return { type: 'preGenesis', number }
    }
    return { type: 'final', qc: decodeQc(number, await this.#certificate(number, entry), entry) }
  }

  /** What the append of the next block writes; its payload may have to be hashed, which takes turns. */
  planAppend(block: Block, head: Head, o: AppendOptions): AppendPlan | Promise<AppendPlan> {
    const { number } = block
    const key = be64(number)
    const hash = blockHash(block)
    const certificate = checkedRecord(
      'cert',
      key,
      block.kind === 'final' ? encodeCommitQC(block.justification) : block.justification,
    )
    const entry = checkedRecord(
      'block',
      key,
      encodeBlockEntry({
        kind: block.kind,
        forkNumber: head.genesis?.forkNumber ?? 0n,
        payloadHash: hash,
        payloadHere: o.payloadHere,
        certificate: certificate.checksum,
        previous: head.tip,
      }),
    )
    const operations: Operation[] = [
      { type: 'put', table: 'block', key, value: entry.value },
      { type: 'put', table: 'cert', key, value: certificate.value },
    ]
    const planOf = (payload?: Operation): AppendPlan => ({
      operations: payload === undefined ? operations : [...operations, payload],
      next: number + 1n,
      tip: entry.checksum,
    })
    if (!o.payloadHere || o.payloadStored) return planOf()
    const put = this.#payloads.planPut(number, hash, block.payload)
    return put instanceof Promise ? put.then(planOf) : planOf(put)
  }

  /** Deletes what is kept of a block, the payload only if nothing else refers to it. */
  async planRemove(
    n: bigint,
    isReferred: (number: bigint, hash: Hash32) => boolean,
  ): Promise<Operation[]> {
    const key = be64(n)
    const { payloadHere, payloadHash } = await this.#existing(n)
    const operations: Operation[] = [
      { type: 'del', table: 'block', key },
      { type: 'del', table: 'cert', key },
    ]
    if (payloadHere && !isReferred(n, payloadHash)) {
      operations.push({ type: 'del', table: 'payload', key: payloadKey(n, payloadHash) })
    }
    return operations
  }

  /** Deletes the certificates of final blocks of an earlier fork, which nobody reads; for one write after another: they may be many. */
  *planCertificateRemovals(first: bigint, end: bigint): Generator<Operation[], void> {
    for (let from = first; from < end; from += certificatesAtOnce) {
      const to = from + certificatesAtOnce < end ? from + certificatesAtOnce : end
      const operations: Operation[] = []
      for (let n = from; n < to; n++) operations.push({ type: 'del', table: 'cert', key: be64(n) })
      yield operations
    }
  }

  /** Checks the newest `count` entries of the index and their chain of digests. Throws StorageError. */
  async check(head: Head, count: bigint): Promise<void> {
    const { first, next } = head
    if (first === next && !bytesEqual(head.tip, noChecksum)) throw gap(next)
    let expected = head.tip
    let n = next
    const range = { gte: be64(first), lt: be64(next), reverse: true }
    for await (const [key, value] of this.#database.entries('block', range)) {
      if (next - n >= count) return
      n -= 1n
      if (!bytesEqual(key, be64(n))) throw gap(n)
      const entry = decodeBlockEntry(checkedBody('block', key, value))
      if (!bytesEqual(storedChecksum(value), expected)) throw gap(n)
      expected = entry.previous
    }
    if (n > first) throw gap(n - 1n)
  }

  async #existing(n: bigint): Promise<StoredEntry> {
    const entry = await this.entry(n)
    if (entry === undefined) throw gap(n)
    return entry
  }

  async #certificate(n: bigint, entry: BlockEntry): Promise<Uint8Array> {
    return certificateOf(n, entry, await this.#database.get('cert', be64(n))).slice()
  }

  async #payloadOf(n: bigint, entry: BlockEntry, payloads: RecordRun): Promise<Uint8Array> {
    const key = payloadKey(n, entry.payloadHash)
    const value = await payloads.at(key)
    if (value === undefined) throw gap(n)
    return this.#payloads.check(key, value)
  }

  async #payload(n: bigint, hash: Hash32): Promise<Uint8Array> {
    const payload = await this.#payloads.read(n, hash)
    if (payload === undefined) throw gap(n)
    return payload
  }
}

/** The certificate in a record, a view of it. */
function certificateOf(n: bigint, entry: BlockEntry, value: Uint8Array | undefined): Uint8Array {
  if (value === undefined) throw gap(n)
  const body = checkedBody('cert', be64(n), value)
  if (!bytesEqual(storedChecksum(value), entry.certificate)) throw gap(n)
  return body
}

function encodeEntry(
  n: bigint,
  { kind }: BlockEntry,
  payload: Uint8Array,
  certificate: Uint8Array,
): EncodedBlock {
  return kind === 'final'
    ? joinFinalBlock(payload, certificate)
    : encodePreGenesis(n, payload, certificate)
}

function encodePreGenesis(
  number: bigint,
  payload: Uint8Array,
  justification: Uint8Array,
): EncodedBlock {
  return encodeBlockPieces({ kind: 'preGenesis', number, payload, justification })
}

/** Whether a certificate was wiped by a reset; at the genesis' first block and above there can be none such. */
function isOfEarlierFork(entry: BlockEntry, n: bigint, { genesis }: Head): boolean {
  if (entry.kind !== 'final' || genesis === undefined) return false
  if (entry.forkNumber === genesis.forkNumber) return false
  if (n >= genesis.firstBlock) throw gap(n)
  return true
}

function decodeQc(n: bigint, bytes: Uint8Array, entry: BlockEntry): CommitQC {
  const corrupt = (cause?: unknown) =>
    new StorageError('STORE_CORRUPT', `the certificate of block ${n} is not that block's`, {
      cause,
    })
  try {
    const qc = decodeCommitQC(bytes)
    const { number, payload } = qc.message.proposal
    if (number !== n || !bytesEqual(payload, entry.payloadHash)) throw corrupt()
    return qc
  } catch (e) {
    throw e instanceof DecodeError ? corrupt(e) : e
  }
}

function gap(n: bigint): StorageError {
  return new StorageError(
    'STORE_GAP',
    `block ${n} is missing or is not the one that was written: the disk has lost writes`,
  )
}
