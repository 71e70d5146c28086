import { bytesEqual, toHex, type Hash32 } from '@zkstack/crypto'
import type { Proposal, ReplicaState } from '@zkstack/roles'
import { epochError } from '../replica-state-keys.js'
import { StorageError } from '../storage-error.js'
import type { ReplicaStateKey } from '../store.js'
import { checkedBody, checkedRecord, storedChecksum } from './checked-record.js'
import { noChecksum, type Head, type StateHead } from './head.js'
import type { Operation, RecordDatabase } from './record-database.js'
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

/** Changes that a save makes, to be applied once they are durable. */
export interface SavePlan {
  readonly operations: readonly Operation[]
  readonly states: readonly StateHead[]
  apply(): void
}

/** Whether the payload with this hash is kept for the block at this height. */
export type KeptForBlock = (number: bigint, hash: Hash32) => Promise<boolean>

/** The replica states of a store, and the payloads that they refer to. */
export class StateTable {
  readonly #database: RecordDatabase
  #known: ReadonlyMap<string, Known>

  private constructor(database: RecordDatabase, known: ReadonlyMap<string, Known>) {
    this.#database = database
    this.#known = known
  }

  /** Reads and checks all kept records and the payloads of the newest. Throws StorageError `STORE_GAP`, `STORE_CORRUPT`. */
  static async read(database: RecordDatabase, head: Head): Promise<StateTable> {
    const known = new Map<string, Known>()
    for (const state of head.states) known.set(toHex(state.id), await readChain(database, state))
    const table = new StateTable(database, known)
    for (const { proposals } of known.values()) await table.#payloads(proposals)
    return table
  }

  /** The newest state, read and checked. */
  async load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    const known = this.#known.get(toHex(stateId(key)))
    if (known === undefined) return undefined
    const { state, proposals } = await readRecord(this.#database, known.head)
    return { ...state, proposals: await this.#payloads(proposals) }
  }

  /** The highest epoch with a state. */
  highestEpoch(genesis: Uint8Array, validator: Uint8Array): bigint | undefined {
    return this.#ofValidator({ genesis, validator })
      .map(({ head }) => head.epoch)
      .reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined)
  }

  /** Whether a state refers to this payload. */
  refersTo(number: bigint, hash: Uint8Array): boolean {
    return refersTo(this.#known.values(), { number, hash })
  }

  /** All payloads that states refer to. */
  proposals(): readonly ProposalReference[] {
    return [...this.#known.values()].flatMap(({ proposals }) => proposals)
  }

  /** Forgets everything, after a reset. */
  clear(): void {
    this.#known = new Map()
  }

  /** What a save writes. Throws StorageError `STORE_EPOCH`. */
  async planSave(
    key: ReplicaStateKey,
    state: ReplicaState,
    sequence: bigint,
    keptForBlock: KeptForBlock,
  ): Promise<SavePlan> {
    const highest = this.highestEpoch(key.genesis, key.validator) ?? key.epoch
    if (key.epoch + 1n < highest) throw epochError(key.epoch, highest)
    const id = stateId(key)
    const old = this.#known.get(toHex(id))
    const { known, value } = nextRecord(key, id, state, sequence, old)

    const next = new Map(this.#known).set(toHex(id), known)
    const past = pastEpochs([...next.values()].filter(({ head }) => isOf(head, key)))
    for (const { head } of past) next.delete(toHex(head.id))

    const expired = [
      ...(old?.sequences ?? [])
        .filter((kept) => !known.sequences.includes(kept))
        .map((kept) => stateRecordKey(id, kept)),
      ...past.flatMap(({ head, sequences }) => sequences.map((s) => stateRecordKey(head.id, s))),
    ]
    return {
      operations: [
        { type: 'put', table: 'state', key: stateRecordKey(id, sequence), value },
        ...expired.map((k): Operation => ({ type: 'del', table: 'state', key: k })),
        ...(await this.#newPayloads(state.proposals, keptForBlock)),
        ...(await this.#droppedPayloads(next, keptForBlock)),
      ],
      states: [...next.values()].map(({ head }) => head),
      apply: () => {
        this.#known = next
      },
    }
  }

  /** Payloads that are not there yet. */
  async #newPayloads(proposals: readonly Proposal[], kept: KeptForBlock): Promise<Operation[]> {
    const operations = new Map<string, Operation>()
    for (const { number, hash, payload } of proposals) {
      if (this.refersTo(number, hash) || (await kept(number, hash))) continue
      const key = payloadKey(number, hash)
      const { value } = checkedRecord('payload', key, payload)
      operations.set(toHex(key), { type: 'put', table: 'payload', key, value })
    }
    return [...operations.values()]
  }

  /** Payloads to which nothing refers any more. */
  async #droppedPayloads(
    next: ReadonlyMap<string, Known>,
    kept: KeptForBlock,
  ): Promise<Operation[]> {
    const operations: Operation[] = []
    for (const proposal of this.proposals()) {
      if (refersTo(next.values(), proposal)) continue
      if (await kept(proposal.number, proposal.hash)) continue
      const key = payloadKey(proposal.number, proposal.hash)
      operations.push({ type: 'del', table: 'payload', key })
    }
    return operations
  }

  #ofValidator(key: ValidatorName): Known[] {
    return [...this.#known.values()].filter(({ head }) => isOf(head, key))
  }

  async #payloads(references: readonly ProposalReference[]): Promise<Proposal[]> {
    const proposals: Proposal[] = []
    for (const { number, hash } of references) {
      const key = payloadKey(number, hash)
      const value = await this.#database.get('payload', key)
      if (value === undefined) throw gap(`the payload of a proposal at height ${number}`)
      proposals.push({ number, hash, payload: checkedBody('payload', key, value) })
    }
    return proposals
  }
}

function nextRecord(
  key: ReplicaStateKey,
  id: Uint8Array,
  state: ReplicaState,
  sequence: bigint,
  old: Known | undefined,
): { readonly known: Known; readonly value: Uint8Array } {
  const record: StateRecord = {
    index: old === undefined ? 0n : old.index + 1n,
    previousSequence: old?.head.sequence ?? 0n,
    previous: old?.head.checksum ?? noChecksum,
    state,
    proposals: state.proposals.map(({ number, hash }) => ({ number, hash })),
  }
  const recordKey = stateRecordKey(id, sequence)
  const { value, checksum } = checkedRecord('state', recordKey, encodeStateRecord(record))
  // Copies, because the caller may change its arrays later.
  const [genesis, validator] = [key.genesis.slice(), key.validator.slice()]
  const head: StateHead = { id, genesis, validator, epoch: key.epoch, sequence, checksum }
  const sequences = [sequence, ...(old?.sequences ?? [])].slice(0, keptStateRecords)
  return { known: { head, index: record.index, sequences, proposals: record.proposals }, value }
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

/** All but the two highest epochs. */
function pastEpochs(states: readonly Known[]): Known[] {
  return [...states].sort((a, b) => (a.head.epoch < b.head.epoch ? 1 : -1)).slice(2)
}

function isOf(head: StateHead, key: ValidatorName): boolean {
  return bytesEqual(head.genesis, key.genesis) && bytesEqual(head.validator, key.validator)
}

function refersTo(
  states: Iterable<Known>,
  { number, hash }: { readonly number: bigint; readonly hash: Uint8Array },
): boolean {
  for (const { proposals } of states) {
    if (proposals.some((p) => p.number === number && bytesEqual(p.hash, hash))) return true
  }
  return false
}

function gap(what: string): StorageError {
  return new StorageError(
    'STORE_GAP',
    `${what} is missing or is not the one that was written: the disk has lost writes`,
  )
}
