import { Ctx, isCanceled, Watch } from '@zkstack/concurrency'
import { bytesEqual, toHex, type Hash32 } from '@zkstack/crypto'
import type { FinalBlock } from '@zkstack/roles'
import type { BlockExits, ExitSource } from '@zkstack/settlement'
import type { CallOptions, ExecutionLayer, Verdict } from '@zkstack/storage'
import { LedgerError, type Database, type Tip } from './database.js'
import {
  describePayloadError,
  emptyPayloadBytes,
  encodePayload,
  executePayload,
  payloadBytesOf,
  payloadHash,
  type ExecutedPayload,
} from './payload.js'
import type { Pool } from './pool.js'
import type { LedgerState } from './state.js'
import type { CheckedTransaction, TransactionReader } from './transaction-reader.js'

/** Where the ledger stands: what the next block builds on. */
export interface LedgerHead {
  /** `undefined` before the first block. */
  readonly tip: Tip | undefined
  readonly state: LedgerState
}

/** Options of {@link LedgerExecution}. */
export interface LedgerExecutionOptions {
  readonly database: Database
  readonly pool: Pool
  readonly reader: TransactionReader
  readonly head: LedgerHead
  readonly firstBlock: bigint
  /** Named as parent by the first payload. */
  readonly genesisHash: Hash32
  /** How long `propose` waits for a first transaction before it makes an empty block, in milliseconds. */
  readonly patienceMs: number
  /** Bytes without meaning to add to each payload. */
  readonly fillerBytes: number
  /** What else must hold for a transaction before this node votes for it. */
  readonly accepts: (t: CheckedTransaction) => boolean
}

/** The ledger as the consensus library sees it. */
export class LedgerExecution implements ExecutionLayer, ExitSource<{ readonly number: bigint }> {
  readonly #o: LedgerExecutionOptions
  readonly #head: Watch<LedgerHead>
  /** The payload executed last, so that what `verify` found need not be computed again by `commit`. */
  #executed: ExecutedPayload | undefined

  constructor(o: LedgerExecutionOptions) {
    this.#o = o
    this.#head = new Watch(o.head)
  }

  /** The chain's first block. */
  get firstBlock(): bigint {
    return this.#o.firstBlock
  }

  /** The newest committed state, to wait upon. */
  get head(): Pick<Watch<LedgerHead>, 'value' | 'waitFor' | 'subscribe'> {
    return this.#head
  }

  async propose(p: { readonly maxBytes: number }, o: CallOptions): Promise<Uint8Array | null> {
    await this.#waitForTransaction(o.signal)
    const { state } = this.#head.value
    const filler = new Uint8Array(this.#o.fillerBytes)
    const room = p.maxBytes - emptyPayloadBytes - filler.length
    if (room < 0) return null
    const transactions = this.#o.pool.select({ maxBytes: room, bytesOf: payloadBytesOf })
    const next = state.draft()
    for (const t of transactions) {
      const executed = next.execute(t)
      if (!executed.ok)
        throw new LedgerError(
          'LEDGER_POOL',
          `the pool chose a transaction that fails: ${executed.error}`,
        )
    }
    const encoded = transactions.map((t) => t.encoded)
    return encodePayload({
      parent: this.#parent(),
      transactions: encoded,
      stateRoot: next.root,
      filler,
    })
  }

  verify(
    p: { readonly number: bigint; readonly payload: Uint8Array },
    _o: CallOptions,
  ): Promise<Verdict> {
    const due = this.#due()
    if (p.number !== due)
      return Promise.resolve({ ok: false, reason: `block ${p.number} is not the next one, ${due}` })
    const executed = this.#execute(p.payload)
    if (typeof executed === 'string') return Promise.resolve({ ok: false, reason: executed })
    const refused = executed.transactions.findIndex((t) => !this.#o.accepts(t))
    if (refused === -1) return Promise.resolve({ ok: true })
    const reason = `UNKNOWN_EXIT_ROOT (transaction ${refused})`
    return Promise.resolve({ ok: false, reason })
  }

  async commit(block: FinalBlock, _o: CallOptions): Promise<void> {
    const due = this.#due()
    if (block.number < due) {
      await this.#checkReplay(block)
      return
    }
    if (block.number > due)
      throw new LedgerError('LEDGER_GAP', `block ${block.number} came before block ${due}`)
    const executed = this.#execute(block.payload)
    if (typeof executed === 'string') {
      throw new LedgerError(
        'LEDGER_FINAL_BLOCK',
        `block ${block.number} is final but invalid: ${executed}`,
      )
    }
    const { state, hash, transactions } = executed
    const tip = { number: block.number, payloadHash: hash, stateRoot: state.root }
    await this.#o.database.write(tip, state, transactions)
    this.#executed = undefined
    this.#o.pool.onCommit(state)
    this.#head.set({ tip, state })
  }

  lastCommitted(_o: CallOptions): Promise<bigint | null> {
    return Promise.resolve(this.#head.value.tip?.number ?? null)
  }

  /** What left and came in with a block. @throws LedgerError `LEDGER_NO_BLOCK` when it is not committed. */
  async exits({ number }: { readonly number: bigint }): Promise<BlockExits> {
    const { tip, state } = this.#head.value
    if (tip === undefined || number > tip.number)
      throw new LedgerError('LEDGER_NO_BLOCK', `block ${number} is not committed`)
    if (state.bridge === undefined) return { bridgeExits: [], claims: [] }
    return this.#o.database.exits(number, state.bridge.networkId)
  }

  #due(): bigint {
    const { tip } = this.#head.value
    return tip === undefined ? this.#o.firstBlock : tip.number + 1n
  }

  #parent(): Hash32 {
    return this.#head.value.tip?.payloadHash ?? this.#o.genesisHash
  }

  /** The executed payload, or why it is invalid. */
  #execute(payload: Uint8Array): ExecutedPayload | string {
    if (this.#executed !== undefined && bytesEqual(this.#executed.hash, payloadHash(payload)))
      return this.#executed
    const { state } = this.#head.value
    const executed = executePayload(payload, {
      parent: this.#parent(),
      state,
      reader: this.#o.reader,
    })
    if (!executed.ok) return describePayloadError(executed.error)
    this.#executed = executed.value
    return executed.value
  }

  async #waitForTransaction(signal: AbortSignal): Promise<void> {
    if (this.#o.pool.size.value > 0 || this.#o.patienceMs <= 0) return
    using ctx = Ctx.root({ signal, timeoutMs: this.#o.patienceMs })
    try {
      await this.#o.pool.size.waitFor((size) => size > 0, { signal: ctx.signal })
    } catch (e) {
      if (!isCanceled(e)) throw e
    }
    signal.throwIfAborted()
  }

  async #checkReplay(block: FinalBlock): Promise<void> {
    const stored = await this.#o.database.block(block.number)
    const hash = payloadHash(block.payload)
    if (stored !== undefined && bytesEqual(stored.payloadHash, hash)) return
    const had = stored === undefined ? 'nothing' : toHex(stored.payloadHash)
    throw new LedgerError(
      'LEDGER_FORK',
      `block ${block.number} comes again as ${toHex(hash)}, but ${had} was committed`,
    )
  }
}
