import { realClock, type Clock } from '@zkstack/concurrency'
import type { Hash32, Result } from '@zkstack/crypto'
import type { Block, Genesis, ReplicaState } from '@zkstack/roles'
import type { CallOptions } from '../src/execution-layer.js'
import { StorageError } from '../src/storage-error.js'
import type {
  BlockRange,
  EpochStore,
  NodeStore,
  OpenOptions,
  ReplicaStateKey,
  StoreOpenError,
} from '../src/store.js'

/** The calls that a {@link FaultyStore} counts. */
export type StoreOperation =
  'open' | 'get' | 'append' | 'prune' | 'load' | 'save' | 'highestEpoch' | 'loadEpoch' | 'saveEpoch'

/**
 * What goes wrong.
 *
 * - `fail`: the call rejects, nothing was written.
 * - `failAfter`: the call rejects, but everything was written.
 * - `tear`: the process dies in the call, before anything was written: it and every later call reject, until `revive`.
 * - `tearAfter`: the same, after everything was written.
 * - `delay`: the call starts `delayMs` later.
 */
export interface Fault {
  /** Which calls are counted: of one name, the writing ones, or all. */
  readonly operation: StoreOperation | 'write' | 'any'
  /** Which of them, from 1 on, counted since the faulty store was made. */
  readonly nth: number
  readonly kind: 'fail' | 'failAfter' | 'tear' | 'tearAfter' | 'delay'
  /** Milliseconds; only for `delay`. */
  readonly delayMs?: number
  /** The error to reject with. Default: a StorageError `STORE_IO`. */
  readonly error?: Error
}

/** A store in front of another one that fails on schedule. */
export interface FaultyStore extends NodeStore {
  /** All calls so far, in order, those that failed included. */
  readonly calls: readonly StoreOperation[]
  /** Whether a `tear` or `tearAfter` has happened. */
  readonly torn: boolean
  /** Plans another fault. */
  plan(fault: Fault): void
  /** Lets calls through again after a tear: the process has started again on the same disk. */
  revive(): void
}

const writing: readonly StoreOperation[] = ['open', 'append', 'prune', 'save', 'saveEpoch']

/** Puts planned faults in front of a store; a fault that has happened does not happen again. Closing closes the inner store. */
export function faultyStore(
  inner: NodeStore,
  faults: readonly Fault[] = [],
  o: { readonly clock?: Clock } = {},
): FaultyStore {
  return new PlannedFaults(inner, [...faults], o.clock ?? realClock)
}

class PlannedFaults implements FaultyStore {
  readonly epochs: EpochStore = {
    latest: () => this.#call('loadEpoch', () => this.inner.epochs.latest()),
    get: (epoch) => this.#call('loadEpoch', () => this.inner.epochs.get(epoch)),
    save: (record) => this.#call('saveEpoch', () => this.inner.epochs.save(record)),
  }
  readonly calls: StoreOperation[] = []
  torn = false

  constructor(
    private readonly inner: NodeStore,
    private readonly faults: Fault[],
    private readonly clock: Clock,
  ) {}

  plan(fault: Fault): void {
    this.faults.push(fault)
  }

  revive(): void {
    this.torn = false
  }

  open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>> {
    return this.#call('open', () => this.inner.open(genesis, o))
  }

  range(): BlockRange {
    return this.inner.range()
  }

  get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined> {
    return this.#call('get', () => this.inner.get(n, o))
  }

  append(block: Block, o?: Partial<CallOptions>): Promise<void> {
    return this.#call('append', () => this.inner.append(block, o))
  }

  prune(before: bigint, o?: Partial<CallOptions>): Promise<void> {
    return this.#call('prune', async () => this.inner.prune?.(before, o))
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.inner.watch(o)
  }

  load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    return this.#call('load', () => this.inner.load(key))
  }

  save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    return this.#call('save', () => this.inner.save(key, state))
  }

  highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined> {
    return this.#call('highestEpoch', () => this.inner.highestEpoch(genesis, validator))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inner[Symbol.asyncDispose]()
  }

  async #call<T>(operation: StoreOperation, call: () => Promise<T>): Promise<T> {
    this.calls.push(operation)
    const fault = this.#due(operation)
    if (this.torn) throw injected(operation, 'the process is dead')
    if (fault?.kind === 'delay') await this.#sleep(fault.delayMs ?? 0)
    if (fault?.kind === 'tear') this.torn = true
    if (fault?.kind === 'fail' || fault?.kind === 'tear') throw errorOf(fault, operation)
    const result = await call()
    if (fault?.kind === 'tearAfter') this.torn = true
    if (fault?.kind === 'failAfter' || fault?.kind === 'tearAfter') throw errorOf(fault, operation)
    // A dead process does not learn what became of a call that was under way.
    if (this.torn) throw injected(operation, 'the process is dead')
    return result
  }

  #due(operation: StoreOperation): Fault | undefined {
    const at = this.faults.findIndex(
      (fault) =>
        matches(fault, operation) &&
        this.calls.filter((call) => matches(fault, call)).length === fault.nth,
    )
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(this.clock.now() + ms, resolve)
    })
  }
}

function matches({ operation }: Fault, call: StoreOperation): boolean {
  return (
    operation === 'any' || operation === call || (operation === 'write' && writing.includes(call))
  )
}

function errorOf(fault: Fault, operation: StoreOperation): Error {
  return fault.error ?? injected(operation, `injected ${fault.kind}`)
}

function injected(operation: StoreOperation, why: string): StorageError {
  return new StorageError('STORE_IO', `${operation}: ${why}`)
}
