import { errorOf } from '@zkstack/concurrency'
import { bytesEqual, ok, type Hash32, type Result, type SignatureScheme } from '@zkstack/crypto'
import type { Block, Genesis, ReplicaState } from '@zkstack/roles'
import { assertAppendable, blockHash, tipOf } from '../block-identity.js'
import type { CallOptions } from '../execution-layer.js'
import { judgeGenesis, storedGenesisOf } from '../genesis-binding.js'
import { RangeFeed } from '../range-feed.js'
import { assertStateKey, emptyAt } from '../replica-state-keys.js'
import { StorageError } from '../storage-error.js'
import type {
  BlockRange,
  EncodedBlock,
  EncodedRun,
  NodeStore,
  OpenOptions,
  ReplicaStateKey,
  StateChange,
  StoredGenesis,
  StoreOpenError,
} from '../store.js'
import { throwIfAborted } from '../throw-if-aborted.js'
import { AppendBatch } from './append-batch.js'
import { AddressTable } from './address-table.js'
import type { AppendPlan, BlockTable } from './block-table.js'
import { EpochTable } from './epoch-table.js'
import { noChecksum, type Head } from './head.js'
import type { Journal } from './journal.js'
import { MarkTable } from './mark-table.js'
import type { Operation } from './record-database.js'
import { payloadKey } from './state-record.js'
import type { StateTable } from './state-table.js'

const nothing = (): void => undefined

/** Blocks removed by one write of `prune`. */
const pruneStep = 256

/** The parts of a {@link LevelNodeStore}, checked. */
export interface LevelNodeStoreParts {
  readonly path: string
  readonly journal: Journal
  readonly blocks: BlockTable
  readonly states: StateTable
  readonly range: BlockRange
  readonly firstBlock: bigint | undefined
  readonly payloadsHere: boolean
  /** Called once, after everything is closed. */
  unlock(): Promise<void>
}

/** A store on disk: writes go one after another, each a commit of the journal; reads go beside them. */
export class LevelNodeStore implements NodeStore {
  readonly epochs: EpochTable
  readonly addresses: AddressTable
  readonly marks: MarkTable
  readonly #parts: LevelNodeStoreParts
  readonly #feed: RangeFeed
  readonly #reads = new Set<Promise<unknown>>()
  /** Ends when the last write that was begun has ended. */
  #writes: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  /** Set with the genesis. */
  #scheme: SignatureScheme | undefined
  /** What the next append joins: appends that wait for their write, if nothing was called after them. */
  #batch: AppendBatch | undefined
  #batchWritten: Promise<readonly (Error | undefined)[]> = Promise.resolve([])
  /** The final block that was appended last in this process. */
  #newest: { readonly number: bigint; readonly payloadHash: Uint8Array } | undefined

  constructor(parts: LevelNodeStoreParts) {
    this.#parts = parts
    this.#feed = new RangeFeed(parts.range)
    this.marks = new MarkTable({
      journal: parts.journal,
      inLine: (task) => this.#write(task),
    })
    this.addresses = new AddressTable({
      journal: parts.journal,
      inLine: (task) => this.#write(task),
    })
    this.epochs = new EpochTable({
      journal: parts.journal,
      scheme: () => this.#boundScheme(),
      inLine: (task) => this.#write(task),
    })
  }

  open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>> {
    return this.#write(async () => {
      const { journal, firstBlock } = this.#parts
      const given = storedGenesisOf(genesis)
      const verdict = judgeGenesis(journal.head.genesis, given, o)
      if (!verdict.ok) return verdict
      this.#scheme = genesis.scheme
      if (verdict.value === 'bind') {
        const first = firstBlock ?? given.firstBlock
        await journal.commit([], { genesis: given, first, next: first })
        this.#feed.set(emptyAt(first))
      }
      if (verdict.value === 'reset') await this.#reset(given)
      return ok(undefined)
    })
  }

  range(): BlockRange {
    return this.#feed.value
  }

  async get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined> {
    throwIfAborted(o)
    return this.#readFrom<Block | undefined>(n, undefined, (head) =>
      this.#parts.blocks.read(n, head),
    )
  }

  async getEncoded(first: bigint, run: EncodedRun): Promise<EncodedBlock[]> {
    return this.#readFrom<EncodedBlock[]>(first, [], (head) =>
      this.#parts.blocks.readEncoded(first, run, head),
    )
  }

  async append(block: Block, o?: Partial<CallOptions>): Promise<void> {
    const open = this.#batch?.hasRoomFor(block) === true ? this.#batch : undefined
    const batch = open ?? new AppendBatch()
    const at = batch.add({ block, o })
    const written = open ? this.#batchWritten : this.#write(() => this.#appendAll(batch))
    this.#batch = batch
    this.#batchWritten = written
    const error = (await written)[at]
    if (error !== undefined) throw error
  }

  appendAndSave(
    block: Block,
    { key, state }: StateChange,
    o?: Partial<CallOptions>,
  ): Promise<void> {
    return this.#write(async () => {
      throwIfAborted(o)
      const { journal, states, payloadsHere } = this.#parts
      const bound = this.#bound()
      assertAppendable(block, this.range(), bound)
      assertStateKey(key, state, bound)
      const hash = blockHash(block)
      const sequence = journal.head.sequence + 1n
      const save = await states.planSave(key, state, sequence, (number, other) =>
        number === block.number
          ? payloadsHere && bytesEqual(other, hash)
          : this.#keptForBlock(number, other),
      )
      const append = await this.#planAppend(block, journal.head)
      const operations = [...append.operations, ...save.operations]
      const { next, tip } = append
      await journal.commit(operations, { next, tip, states: save.states })
      save.apply()
      this.#appended(block, rangeWith(block, this.range()))
    })
  }

  async prune(before: bigint, o?: Partial<CallOptions>): Promise<void> {
    const { next } = this.range()
    const end = before < next ? before : next - 1n
    while (this.range().first < end) await this.#write(() => this.#pruneStep(end, o))
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.#feed.watch(o)
  }

  load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    // In line with the saves, of which the third one deletes the record that is being read.
    return this.#write(async () => {
      this.#parts.journal.assertHealthy()
      return this.#parts.states.load(key)
    })
  }

  save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    return this.#write(async () => {
      const { journal, states } = this.#parts
      assertStateKey(key, state, this.#bound())
      const sequence = journal.head.sequence + 1n
      const planned = states.planSave(key, state, sequence, this.#keptForBlock)
      const plan = planned instanceof Promise ? await planned : planned
      await journal.commit(plan.operations, { states: plan.states })
      plan.apply()
    })
  }

  highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined> {
    return this.#write(async () => {
      this.#parts.journal.assertHealthy()
      return this.#parts.states.highestEpoch(genesis, validator)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Writes the blocks that may be appended, all in one commit. @returns what is wrong with each of the others. */
  async #appendAll(batch: AppendBatch): Promise<readonly (Error | undefined)[]> {
    if (this.#batch === batch) this.#batch = undefined
    const { journal } = this.#parts
    const operations: Operation[] = []
    let { head } = journal
    let range = this.range()
    const outcomes: (Error | undefined)[] = []
    for (const { block, o } of batch.appends) {
      try {
        throwIfAborted(o)
        assertAppendable(block, range, this.#bound())
      } catch (e) {
        outcomes.push(errorOf(e))
        continue
      }
      const planned = this.#planAppend(block, head)
      const plan = planned instanceof Promise ? await planned : planned
      const { next, tip } = plan
      operations.push(...plan.operations)
      head = { ...head, next, tip }
      range = rangeWith(block, range)
      outcomes.push(undefined)
    }
    const newest = batch.appends.findLast((_, i) => outcomes[i] === undefined)?.block
    if (newest !== undefined) {
      await journal.commit(operations, { next: head.next, tip: head.tip })
      this.#appended(newest, range)
    }
    return outcomes
  }

  /** What the append of the next block writes. */
  #planAppend(block: Block, head: Head): AppendPlan | Promise<AppendPlan> {
    const { blocks, states, payloadsHere } = this.#parts
    return blocks.planAppend(block, head, {
      payloadHere: payloadsHere,
      payloadStored: block.kind === 'final' && states.refersTo(block.number, block.payloadHash),
    })
  }

  /** Blocks are durable, of which this is the newest. */
  #appended(newest: Block, range: BlockRange): void {
    if (newest.kind === 'final') {
      this.#newest = { number: newest.number, payloadHash: newest.payloadHash.slice() }
    }
    this.#feed.set(range)
  }

  async #pruneStep(end: bigint, o: Partial<CallOptions> | undefined): Promise<void> {
    throwIfAborted(o)
    const { journal, blocks, states } = this.#parts
    const { first, next, last } = this.range()
    const stop = end < first + BigInt(pruneStep) ? end : first + BigInt(pruneStep)
    const operations: Operation[] = []
    for (let n = first; n < stop; n++) {
      operations.push(...(await blocks.planRemove(n, (...p) => states.refersTo(...p))))
    }
    await journal.commit(operations, { first: stop })
    this.#feed.set({ first: stop, next, last })
  }

  /** Wipes epochs and states and drops blocks from the new first block on; the rest become pre-genesis blocks. */
  async #reset(genesis: StoredGenesis): Promise<void> {
    const { journal, blocks, states, firstBlock } = this.#parts
    const { first, next } = this.range()
    const end = genesis.firstBlock < next ? genesis.firstBlock : next
    const firstFinal = journal.head.genesis?.firstBlock ?? first
    const operations: Operation[] = await this.#wipe(first, end, next)
    const tip = end > first ? (await blocks.entry(end - 1n))?.checksum : undefined
    const empty = firstBlock ?? genesis.firstBlock
    await journal.commit(operations, {
      genesis,
      states: [],
      ...(tip === undefined
        ? { first: empty, next: empty, tip: noChecksum }
        : { first, next: end, tip }),
    })
    states.clear()
    this.#newest = undefined
    const last = await blocks.tip(journal.head)
    this.#feed.set({ first: journal.head.first, next: journal.head.next, last })
    const final = firstFinal > first ? firstFinal : first
    for (const removals of blocks.planCertificateRemovals(final, end)) {
      await journal.commit(removals, {})
    }
  }

  async #wipe(first: bigint, end: bigint, next: bigint): Promise<Operation[]> {
    const { journal, blocks, states } = this.#parts
    const operations = await this.epochs.planWipe()
    for await (const [key] of journal.database.entries('state')) {
      operations.push({ type: 'del', table: 'state', key })
    }
    for (const { number, hash } of states.proposals()) {
      const kept = number < end && (await this.#keptForBlock(number, hash))
      if (!kept) operations.push({ type: 'del', table: 'payload', key: payloadKey(number, hash) })
    }
    for (let n = end > first ? end : first; n < next; n++) {
      operations.push(...(await blocks.planRemove(n, () => false)))
    }
    return operations
  }

  readonly #keptForBlock = (number: bigint, hash: Hash32): boolean | Promise<boolean> => {
    const { first, next } = this.range()
    if (number < first || number >= next) return false
    if (this.#newest?.number !== number) return this.#isKept(number, hash)
    return this.#parts.payloadsHere && bytesEqual(this.#newest.payloadHash, hash)
  }

  async #isKept(number: bigint, hash: Hash32): Promise<boolean> {
    const entry = await this.#parts.blocks.entry(number)
    return entry?.payloadHere === true && bytesEqual(entry.payloadHash, hash)
  }

  #boundScheme(): SignatureScheme {
    this.#bound()
    if (this.#scheme !== undefined) return this.#scheme
    throw new StorageError('STORE_UNBOUND', `${this.#parts.path}: call open(genesis, …) first`)
  }

  #bound(): StoredGenesis {
    const { genesis } = this.#parts.journal.head
    if (genesis !== undefined) return genesis
    throw new StorageError('STORE_UNBOUND', `${this.#parts.path}: call open(genesis, …) first`)
  }

  async #close(): Promise<void> {
    await this.#writes
    await Promise.allSettled(this.#reads)
    try {
      await this.#parts.journal.close()
    } finally {
      await this.#parts.unlock()
      this.#feed.close()
    }
  }

  #closedError(): StorageError {
    return new StorageError('STORE_CLOSED', `${this.#parts.path}: the store is closed`)
  }

  /** What is read from a height on; `none` where there is no block. */
  async #readFrom<T>(n: bigint, none: T, read: (head: Head) => Promise<T>): Promise<T> {
    if (!this.#holds(n)) return none
    const { journal } = this.#parts
    return this.#read(async () => {
      const { head } = journal
      try {
        return await read(head)
      } catch (e) {
        // What is missing may have been removed by a write that is not acknowledged yet.
        await this.#writes
        journal.assertHealthy()
        if (!this.#holds(n)) return none
        if (journal.head.genesis !== head.genesis) return read(journal.head)
        throw e
      }
    })
  }

  #holds(n: bigint): boolean {
    const { first, next } = this.range()
    return n >= first && n < next
  }

  async #read<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw this.#closedError()
    const result = task()
    this.#reads.add(result)
    try {
      return await result
    } finally {
      this.#reads.delete(result)
    }
  }

  /** @throws StorageError `STORE_CLOSED`. */
  #write<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(this.#closedError())
    this.#batch = undefined
    const result = this.#writes.then(task)
    this.#writes = result.then(nothing, nothing)
    return result
  }
}

/** The range of a store after the append of a block. */
function rangeWith(block: Block, { first }: BlockRange): BlockRange {
  return { first, next: block.number + 1n, last: tipOf(block) }
}
