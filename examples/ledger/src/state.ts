import { err, fromHex, keccak256, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import type { BridgeError, BridgeState } from './bridge/bridge-state.js'
import { maxUint64 } from './codec.js'
import { merkleRoot } from './merkle-root.js'
import type { Transaction } from './transaction.js'

/** What the ledger knows of an address. */
export interface Account {
  readonly balance: bigint
  /** How many transactions it has sent. */
  readonly nonce: bigint
}

/** Why a well-formed, signed transaction cannot be executed now. */
export type ExecutionError =
  | 'NONCE_TOO_LOW'
  | 'NONCE_TOO_HIGH'
  | 'INSUFFICIENT_BALANCE'
  | 'SUPPLY_TOO_LARGE'
  | 'NO_BRIDGE'
  | BridgeError

/** Where fees go; nobody knows a secret for it. */
export const treasury = keccak256(new TextEncoder().encode('zkstack/example-ledger/treasury'))

const bridgeDomain = new TextEncoder().encode('zkstack/example-ledger/bridge/1')
const emptyAccount: Account = { balance: 0n, nonce: 0n }

function leafOf(address: string, account: Account): Uint8Array {
  const leaf = new Uint8Array(48)
  leaf.set(fromHex(address) ?? new Uint8Array(32))
  const view = new DataView(leaf.buffer)
  view.setBigUint64(32, account.balance)
  view.setBigUint64(40, account.nonce)
  return leaf
}

/** Whether a transaction leaves for another network, or brings something from one. */
export const crosses = (t: Pick<Transaction, 'exit' | 'claim'>): boolean =>
  t.exit !== undefined || t.claim !== undefined

/**
 * The accounts, by hexadecimal address. A state is never changed once others hold it: `draft` makes a copy, transactions are
 * executed on the draft, and the draft becomes the next state.
 */
export class LedgerState {
  readonly #accounts: Map<string, Account>
  readonly #changed = new Set<string>()
  /** What left and came in, of a ledger with a bridge. */
  readonly bridge: BridgeState | undefined
  #root: Hash32 | undefined

  private constructor(accounts: Map<string, Account>, bridge: BridgeState | undefined) {
    this.#accounts = accounts
    this.bridge = bridge
  }

  /** A state of these accounts. @throws RangeError when the supply does not fit in 64 bits, which would let balances overflow. */
  static of(
    accounts: Iterable<readonly [address: string, account: Account]>,
    bridge?: BridgeState,
  ): LedgerState {
    const state = new LedgerState(new Map(accounts), bridge)
    if (state.supply > maxUint64)
      throw new RangeError(`the supply must fit in 64 bits: ${state.supply}`)
    return state
  }

  /** A copy to execute transactions on. */
  draft(): LedgerState {
    return new LedgerState(new Map(this.#accounts), this.bridge?.draft())
  }

  /** The account of an address; an empty one when nothing ever happened to it. */
  account(address: Uint8Array): Account {
    return this.#accounts.get(toHex(address)) ?? emptyAccount
  }

  /** All accounts, by hexadecimal address. */
  get accounts(): Iterable<readonly [address: string, account: Account]> {
    return this.#accounts
  }

  /** Number of accounts. */
  get size(): number {
    return this.#accounts.size
  }

  /** Sum of all balances; only exits and claims change it. */
  get supply(): bigint {
    let sum = 0n
    for (const account of this.#accounts.values()) sum += account.balance
    return sum
  }

  /** Accounts that `execute` changed since the draft was made, by hexadecimal address. */
  get changes(): readonly (readonly [string, Account])[] {
    return [...this.#changed].map(
      (address) => [address, this.#accounts.get(address) ?? emptyAccount] as const,
    )
  }

  /**
   * Merkle root over the accounts in order of their addresses; a leaf is address (32 bytes) ‖ balance (8, big-endian) ‖ nonce
   * (8, big-endian). With a bridge, keccak256(domain ‖ that root ‖ the bridge's root). O(n log n), kept until the next change.
   */
  get root(): Hash32 {
    this.#root ??=
      this.bridge === undefined
        ? this.#accountsRoot()
        : keccak256(bridgeDomain, this.#accountsRoot(), this.bridge.root)
    return this.#root
  }

  /** Whether the sender has what the transaction costs, with what it brings. */
  affords(t: Transaction): boolean {
    const credit = this.#credit(t)
    return credit.ok && t.amount + t.fee <= this.account(t.from).balance + credit.value
  }

  /** Executes a transaction whose signature has been checked; on error nothing has changed. */
  execute(t: Transaction): Result<void, ExecutionError> {
    const sender = this.account(t.from)
    if (t.nonce < sender.nonce) return err('NONCE_TOO_LOW')
    if (t.nonce > sender.nonce) return err('NONCE_TOO_HIGH')
    const credit = this.#credit(t)
    if (!credit.ok) return credit
    const balance = sender.balance + credit.value
    if (t.amount + t.fee > balance) return err('INSUFFICIENT_BALANCE')
    const crossed = crosses(t) ? this.bridge?.execute(t) : undefined
    if (crossed?.ok === false) return crossed
    this.#set(t.from, { balance: balance - t.amount - t.fee, nonce: sender.nonce + 1n })
    // Read again: the receiver may be the sender, and either may be the treasury.
    if (t.exit === undefined) this.#add(t.to, t.amount)
    this.#add(treasury, t.fee)
    return ok(undefined)
  }

  /** What a transaction brings its sender from another network. */
  #credit(t: Transaction): Result<bigint, ExecutionError> {
    if (!crosses(t)) return ok(0n)
    if (this.bridge === undefined) return err('NO_BRIDGE')
    if (t.claim === undefined) return ok(0n)
    const credit = this.bridge.credit(t.from, t.claim)
    const isTooLarge = credit.ok && this.supply + credit.value > maxUint64
    return isTooLarge ? err('SUPPLY_TOO_LARGE') : credit
  }

  #accountsRoot(): Hash32 {
    // Order of equally long hexadecimal texts is the order of their bytes.
    return merkleRoot(
      [...this.#accounts.keys()]
        .sort()
        .map((address) => leafOf(address, this.#accounts.get(address) ?? emptyAccount)),
    )
  }

  #add(address: Uint8Array, amount: bigint): void {
    if (amount === 0n) return
    const account = this.account(address)
    this.#set(address, { ...account, balance: account.balance + amount })
  }

  #set(address: Uint8Array, account: Account): void {
    const key = toHex(address)
    this.#accounts.set(key, account)
    this.#changed.add(key)
    this.#root = undefined
  }
}
