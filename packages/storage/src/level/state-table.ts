import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import type { Proposal, ReplicaState } from '@zkstack/roles'
import { epochError } from '../replica-state-keys.js'
import { StorageError } from '../storage-error.js'
import type { ReplicaStateKey } from '../store.js'
import { checkedBody, checkedRecord, storedChecksum } from './checked-record.js'
import { noChecksum, type Head, type StateHead } from './head.js'
import type { PayloadTable } from './payload-table.js'
import type { Operation, RecordDatabase } from './record-database.js'
import { ReferenceSet } from './reference-set.js'
import {
  decodeStateRecord,
  encodeStateRecord,
  keptStateRecords,
  payloadKey,
  stateId,
  stateRecordKey,
  type ProposalReference,
  type StateRecord,
} from './state-record.js'

/** What is known of one replica state: its newest record, and which records are kept. */
interface Known {
  readonly head: StateHead
  readonly index: bigint
  /** Sequence numbers of the kept records, the newest first. */
  readonly sequences: readonly bigint[]
  readonly proposals: readonly ProposalReference[]
}

/** Whose states. */
type ValidatorName = Pick<StateHead, 'genesis' | 'validator'>

/** Of how many epochs the state of a validator is kept. */
const keptEpochs = 2

/** Changes that a save makes, to be applied once they are durable. */
export interface SavePlan {
  readonly operations: readonly Operation[]
  readonly states: readonly StateHead[]
  apply(): void
}

/** Whether the payload with this hash is kept for the block at this height; a promise when the disk must be asked. */
export type KeptForBlock = (number: bigint, hash: Hash32) => boolean | Promise<boolean>

/** What a save does about one payload, if anything. */
type PayloadChange = Operation | undefined

/** The replica states of a store, and the payloads that they refer to. */
export class StateTable {
  readonly #database: RecordDatabase
  readonly #payloadTable: PayloadTable
  /** One for each validator and epoch; few. */
  #known: readonly Known[]

  private constructor(database: RecordDatabase, payloads: PayloadTable, known: readonly Known[]) {
    this.#database = database
    this.#payloadTable = payloads
    this.#known = known
  }

  /** Reads and checks all kept records and the payloads of the newest. Throws StorageError `STORE_GAP`, `STORE_CORRUPT`. */
  static async read(
    database: RecordDatabase,
    payloads: PayloadTable,
    head: Head,
  ): Promise<StateTable> {
    const known: Known[] = []
    for (const state of head.states) known.push(await readChain(database, state))
    const table = new StateTable(database, payloads, known)
    for (const { proposals } of known) await table.#payloads(proposals)
    return table
  }

  /** The newest state, read and checked. */
  async load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    const known = this.#of(key)
    if (known === undefined) return undefined
    const { state, proposals } = await readRecord(this.#database, known.head)
    return { ...state, proposals: await this.#payloads(proposals) }
  }

  /** The highest epoch with a state. */
  highestEpoch(genesis: Uint8Array, validator: Uint8Array): bigint | undefined {
    return highestOf(this.#ofValidator({ genesis, validator }))
  }

  /** Whether a state refers to this payload. */
  refersTo(number: bigint, hash: Uint8Array): boolean {
    return this.#known.some(({ proposals }) =>
      proposals.some((p) => p.number === number && bytesEqual(p.hash, hash)),
    )
  }

  /** All payloads that states refer to. */
  proposals(): readonly ProposalReference[] {
    return proposalsOf(this.#known)
  }

  /** Forgets everything, after a reset. */
  clear(): void {
    this.#known = []
  }

  /** What a save writes; a promise when the disk must be asked, or a large payload be hashed. Throws StorageError `STORE_EPOCH`. */
  planSave(
    key: ReplicaStateKey,
    state: ReplicaState,
    sequence: bigint,
    keptForBlock: KeptForBlock,
  ): SavePlan | Promise<SavePlan> {
    const ours = this.#ofValidator(key)
    const highest = highestOf(ours) ?? key.epoch
    if (key.epoch + 1n < highest) throw epochError(key.epoch, highest)
    const old = ours.find(({ head }) => head.epoch === key.epoch)
    const { known, put } = nextRecord(key, state, sequence, old)
    const past = pastEpochs([known, ...ours.filter((one) => one !== old)])
    const next = this.#known
      .filter((one) => !past.includes(one))
      .map((one) => (one === old ? known : one))
    if (old === undefined) next.push(known)

    const operations: Operation[] = [put]
    const { id } = known.head
    for (const kept of old?.sequences ?? []) {
      if (!known.sequences.includes(kept)) operations.push(deletion(id, kept))
    }
    for (const { head, sequences } of past) {
      for (const kept of sequences) operations.push(deletion(head.id, kept))
    }
    const awaited: Promise<PayloadChange>[] = []
    const add = (change: PayloadChange | Promise<PayloadChange>): void => {
      if (change instanceof Promise) awaited.push(change)
      else if (change !== undefined) operations.push(change)
    }
    const before = this.proposals()
    const referred = new ReferenceSet(before)
    const wanted = new ReferenceSet(proposalsOf(next))
    for (const proposal of state.proposals) {
      if (referred.add(proposal)) add(this.#put(proposal, keptForBlock))
    }
    for (const proposal of before) {
      if (!wanted.has(proposal)) add(this.#drop(proposal, keptForBlock))
    }
    const planOf = (all: readonly Operation[]): SavePlan => ({
      operations: all,
      states: next.map(({ head }) => head),
      apply: () => {
        this.#known = next
      },
    })
    if (awaited.length === 0) return planOf(operations)
    return Promise.all(awaited).then((changes) =>
      planOf([...operations, ...changes.filter((change) => change !== undefined)]),
    )
  }

  /** Puts a payload, unless it is there already. */
  #put(proposal: Proposal, keptForBlock: KeptForBlock): PayloadChange | Promise<PayloadChange> {
    const { number, hash, payload } = proposal
    const put = (isKept: boolean): PayloadChange | Promise<PayloadChange> =>
      isKept ? undefined : this.#payloadTable.planPut(number, hash, payload)
    const kept = keptForBlock(number, hash)
    return kept instanceof Promise ? kept.then(put) : put(kept)
  }

  /** Deletes a payload to which nothing refers any more. */
  #drop(
    { number, hash }: ProposalReference,
    keptForBlock: KeptForBlock,
  ): PayloadChange | Promise<PayloadChange> {
    const drop = (isKept: boolean): PayloadChange =>
      isKept ? undefined : { type: 'del', table: 'payload', key: payloadKey(number, hash) }
    const kept = keptForBlock(number, hash)
    return kept instanceof Promise ? kept.then(drop) : drop(kept)
  }

  #of(key: ReplicaStateKey): Known | undefined {
    return this.#known.find(({ head }) => head.epoch === key.epoch && isOf(head, key))
  }

  #ofValidator(key: ValidatorName): Known[] {
    return this.#known.filter(({ head }) => isOf(head, key))
  }

  async #payloads(references: readonly ProposalReference[]): Promise<Proposal[]> {
    const proposals: Proposal[] = []
    for (const { number, hash } of references) {
      const payload = await this.#payloadTable.read(number, hash)
      if (payload === undefined) throw gap(`the payload of a proposal at height ${number}`)
      proposals.push({ number, hash, payload })
    }
    return proposals
  }
}

function nextRecord(
  key: ReplicaStateKey,
  state: ReplicaState,
  sequence: bigint,
  old: Known | undefined,
): { readonly known: Known; readonly put: Operation } {
  const record: StateRecord = {
    index: old === undefined ? 0n : old.index + 1n,
    previousSequence: old?.head.sequence ?? 0n,
    previous: old?.head.checksum ?? noChecksum,
    state,
    proposals: state.proposals.map(({ number, hash }) => ({ number, hash })),
  }
  // Copies, because the caller may change its arrays later.
  const { id, genesis, validator } = old?.head ?? {
    id: stateId(key),
    genesis: key.genesis.slice(),
    validator: key.validator.slice(),
  }
  const recordKey = stateRecordKey(id, sequence)
  const { value, checksum } = checkedRecord('state', recordKey, encodeStateRecord(record))
  const head: StateHead = { id, genesis, validator, epoch: key.epoch, sequence, checksum }
  const sequences = [sequence, ...(old?.sequences ?? [])].slice(0, keptStateRecords)
  return {
    known: { head, index: record.index, sequences, proposals: record.proposals },
    put: { type: 'put', table: 'state', key: recordKey, value },
  }
}

function deletion(id: Uint8Array, sequence: bigint): Operation {
  return { type: 'del', table: 'state', key: stateRecordKey(id, sequence) }
}

/** Reads the kept records of a state, from the newest back along their digests. */
async function readChain(database: RecordDatabase, head: StateHead): Promise<Known> {
  const newest = await readRecord(database, head)
  const sequences = [head.sequence]
  for (let record = newest; sequences.length < keptStateRecords && record.index > 0n;) {
    const { previousSequence: sequence, previous: checksum, index } = record
    record = await readRecord(database, { id: head.id, sequence, checksum })
    if (record.index !== index - 1n) throw gap('a replica state record')
    sequences.push(sequence)
  }
  return { head, index: newest.index, sequences, proposals: newest.proposals }
}

async function readRecord(
  database: RecordDatabase,
  { id, sequence, checksum }: Pick<StateHead, 'id' | 'sequence' | 'checksum'>,
): Promise<StateRecord> {
  const key = stateRecordKey(id, sequence)
  const value = await database.get('state', key)
  if (value === undefined) throw gap(`the replica state record ${sequence}`)
  const body = checkedBody('state', key, value)
  if (!bytesEqual(storedChecksum(value), checksum))
    throw gap(`the replica state record ${sequence}`)
  return decodeStateRecord(body)
}

function proposalsOf(states: readonly Known[]): readonly ProposalReference[] {
  const [only] = states
  if (states.length === 1 && only !== undefined) return only.proposals
  return states.flatMap(({ proposals }) => proposals)
}

function highestOf(states: readonly Known[]): bigint | undefined {
  let highest: bigint | undefined
  for (const { head } of states) {
    if (highest === undefined || head.epoch > highest) highest = head.epoch
  }
  return highest
}

/** All but the highest epochs. */
function pastEpochs(states: readonly Known[]): readonly Known[] {
  if (states.length <= keptEpochs) return []
  return [...states].sort((a, b) => (a.head.epoch < b.head.epoch ? 1 : -1)).slice(keptEpochs)
}

function isOf(head: StateHead, key: ValidatorName): boolean {
  return bytesEqual(head.genesis, key.genesis) && bytesEqual(head.validator, key.validator)
}

function gap(what: string): StorageError {
  return new StorageError(
    'STORE_GAP',
    `${what} is missing or is not the one that was written: the disk has lost writes`,
  )
}
