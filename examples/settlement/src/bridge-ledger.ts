import { Ctx, isCanceled, Watch } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { bincode, contracts } from '@zkstack/pessimistic-proof'
import type { FinalBlock } from '@zkstack/roles'
import type { BlockExits, ClaimedExit, ExitSource } from '@zkstack/settlement'
import type {
  CallOptions,
  ExecutionLayer,
  Mempool,
  ProposeRequest,
  Verdict,
  VerifyRequest,
} from '@zkstack/storage'
import { BridgeState, type Effects } from './bridge-state.js'
import { readTransaction } from './transaction.js'

/** What a {@link BridgeLedger} needs. */
export interface BridgeLedgerOptions {
  readonly networkId: number
  /** How long to wait for a transaction before an empty block is proposed, in milliseconds. */
  readonly patienceMs: number
  /** Whether L1 had the exit roots that a claim was made under. */
  isKnownExitRoot(claim: ClaimedExit): boolean
}

const payload = bincode.list(bincode.byteString)

/** A ledger of ether that comes from other networks and leaves for them: its `exits` say what did. */
export class BridgeLedger
  implements ExecutionLayer, Mempool, ExitSource<{ readonly number: bigint }>
{
  readonly #o: BridgeLedgerOptions
  readonly #state: Watch<BridgeState>
  readonly #pool = new Map<string, Uint8Array>()
  readonly #waiting = new Watch(0)
  readonly #exits = new Map<bigint, BlockExits>()
  #committed: bigint | undefined

  constructor(o: BridgeLedgerOptions) {
    this.#o = o
    this.#state = new Watch(new BridgeState(o.networkId))
  }

  /** The committed state, to wait upon. */
  get state(): Pick<Watch<BridgeState>, 'value' | 'waitFor'> {
    return this.#state
  }

  exits({ number }: { readonly number: bigint }): BlockExits {
    const exits = this.#exits.get(number)
    if (exits === undefined) throw new Error(`block ${number} is not committed`)
    return exits
  }

  async admit(tx: Uint8Array): Promise<'accepted' | 'duplicate' | 'rejected'> {
    const key = toHex(tx)
    if (this.#pool.has(key)) return 'duplicate'
    const transaction = readTransaction(tx)
    if (transaction === undefined) return 'rejected'
    const state = this.#state.value
    if (transaction.nonce < state.nonce(transaction.sender)) return 'rejected'
    this.#pool.set(key, tx)
    this.#waiting.set(this.#pool.size)
    return 'accepted'
  }

  async propose(p: ProposeRequest, o: CallOptions): Promise<Uint8Array | null> {
    await this.#patience(o)
    const chosen: Uint8Array[] = []
    const draft = this.#state.value.draft()
    for (const tx of this.#pool.values())
      if (this.#execute(draft, tx) !== undefined) chosen.push(tx)
    return contracts.encode(payload, chosen)
  }

  async verify(p: VerifyRequest): Promise<Verdict> {
    const transactions = contracts.decode(payload, p.payload)
    if (!transactions.ok) return { ok: false, reason: 'not a payload' }
    const draft = this.#state.value.draft()
    for (const tx of transactions.value) {
      const effects = this.#execute(draft, tx)
      if (effects === undefined) return { ok: false, reason: 'a transaction that fails' }
      if (effects.claim !== undefined && !this.#o.isKnownExitRoot(effects.claim))
        return { ok: false, reason: 'a claim under exit roots that L1 never had' }
    }
    return { ok: true }
  }

  async commit(block: FinalBlock): Promise<void> {
    if (this.#committed !== undefined && block.number <= this.#committed) return
    const transactions = contracts.decode(payload, block.payload)
    if (!transactions.ok) throw new Error('a final payload that cannot be read')
    const next = this.#state.value.draft()
    const effects = transactions.value.map((tx) => this.#execute(next, tx))
    this.#exits.set(block.number, {
      bridgeExits: effects.flatMap((of) => (of?.bridgeExit === undefined ? [] : [of.bridgeExit])),
      claims: effects.flatMap((of) => (of?.claim === undefined ? [] : [of.claim])),
      localExitRoot: next.localExitRoot,
    })
    this.#committed = block.number
    for (const tx of transactions.value) this.#pool.delete(toHex(tx))
    this.#waiting.set(this.#pool.size)
    this.#state.set(next)
  }

  async lastCommitted(): Promise<bigint | null> {
    return this.#committed ?? null
  }

  #execute(state: BridgeState, tx: Uint8Array): Effects | undefined {
    const transaction = readTransaction(tx)
    const effects = transaction && state.execute(transaction)
    return effects?.ok === true ? effects.value : undefined
  }

  async #patience({ signal }: CallOptions): Promise<void> {
    using ctx = Ctx.root({ signal, timeoutMs: this.#o.patienceMs })
    try {
      await this.#waiting.waitFor((size) => size > 0, ctx)
    } catch (e) {
      if (!isCanceled(e) || signal.aborted) throw e
    }
  }
}
