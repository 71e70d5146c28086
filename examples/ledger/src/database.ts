import { ZkStackError } from '@zkstack/concurrency'
import { bytesEqual, fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import type { BlockExits } from '@zkstack/settlement'
import { Level } from 'level'
import { blockExitsOf } from './bridge/bridge-exits.js'
import type { BridgeState } from './bridge/bridge-state.js'
import { decodeTransactionFields } from './codec.js'
import { genesisHash, genesisState, type LedgerGenesis } from './genesis.js'
import { crosses, LedgerState, type Account } from './state.js'
import type { CheckedTransaction } from './transaction-reader.js'
import type { Transaction } from './transaction.js'

/** The last committed block. */
export interface Tip {
  readonly number: bigint
  readonly payloadHash: Hash32
  readonly stateRoot: Hash32
}

/** Codes: `LEDGER_LOCKED` (another process uses it), `LEDGER_GENESIS` (another ledger's), `LEDGER_CORRUPT`, `LEDGER_IO`. */
export class LedgerError extends ZkStackError {}

interface StoredTip {
  readonly number: string
  readonly payloadHash: string
  readonly stateRoot: string
}

const put = (key: string, value: unknown): { type: 'put'; key: string; value: unknown } => ({
  type: 'put',
  key,
  value,
})
const blockKey = (n: bigint): string => `block/${n.toString().padStart(20, '0')}`
const bridgeKey = (n: bigint): string => `bridge/${n.toString().padStart(20, '0')}`
const storedTip = (tip: Tip): StoredTip => ({
  number: tip.number.toString(),
  payloadHash: toHex(tip.payloadHash),
  stateRoot: toHex(tip.stateRoot),
})

function hashOf(text: string, what: string): Hash32 {
  const bytes = fromHex(text)
  if (bytes?.length !== 32)
    throw new LedgerError('LEDGER_CORRUPT', `the ledger's database is damaged: ${what} is no hash`)
  return hash32(bytes)
}

/** Runs a database operation and names its failure. */
async function attempt<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause
    const deepest = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
    const locked = deepest instanceof Error && 'code' in deepest && deepest.code === 'LEVEL_LOCKED'
    if (locked)
      throw new LedgerError(
        'LEDGER_LOCKED',
        `${what}: another process uses it; stop it or choose another folder`,
        { cause },
      )
    throw new LedgerError('LEDGER_IO', `${what}: ${String(deepest)}`, { cause })
  }
}

/**
 * The ledger on disk: accounts, the tip, and hash and root of each block. A block is one synced batch, so a crash at any moment
 * leaves the state after some block; the stored root is checked against the accounts at opening.
 */
export class Database implements AsyncDisposable {
  private constructor(
    readonly path: string,
    private readonly level: Level<string, unknown>,
  ) {}

  /** Opens or creates the database of this ledger. @throws LedgerError. */
  static async open(path: string, genesis: LedgerGenesis): Promise<Database> {
    const level = new Level<string, unknown>(path, { valueEncoding: 'json' })
    await attempt(`the ledger's database at ${path} does not open`, () => level.open())
    const database = new Database(path, level)
    try {
      await database.#bind(toHex(genesisHash(genesis)))
    } catch (e) {
      await level.close()
      throw e
    }
    return database
  }

  /**
   * Reads the whole state.
   * @param bridge as it is before the first block, if there is one
   * @throws LedgerError `LEDGER_CORRUPT` when state and root disagree.
   */
  async load(
    genesis: LedgerGenesis,
    bridge?: BridgeState,
  ): Promise<{ readonly state: LedgerState; readonly tip: Tip | undefined }> {
    const stored = await this.#get('tip')
    if (stored === undefined) {
      const { accounts } = genesisState(genesis)
      return { state: LedgerState.of(accounts, bridge), tip: undefined }
    }
    const tip = parseTip(stored)
    const accounts: [string, Account][] = [...Object.entries(genesis.balances)].map(
      ([a, balance]) => [a.toLowerCase(), { balance, nonce: 0n }],
    )
    for await (const [key, value] of this.level.iterator({ gt: 'account/', lt: 'account0' })) {
      accounts.push([key.slice('account/'.length), parseAccount(value)])
    }
    for await (const [, value] of this.level.iterator({ gt: 'bridge/', lt: 'bridge0' }))
      for (const t of parseCrossings(value).transactions) bridge?.execute(t)
    const state = LedgerState.of(accounts, bridge)
    if (!bytesEqual(state.root, tip.stateRoot)) {
      throw new LedgerError(
        'LEDGER_CORRUPT',
        `the ledger's database at ${this.path} is damaged: delete it to rebuild it from the blocks`,
      )
    }
    return { state, tip }
  }

  /**
   * Writes a block's effects; resolves when they are durable.
   * @param transactions those of the block
   * @throws LedgerError `LEDGER_IO`.
   */
  async write(
    tip: Tip,
    state: LedgerState,
    transactions: readonly CheckedTransaction[],
  ): Promise<void> {
    const accounts = state.changes.map(([address, account]) =>
      put(`account/${address}`, {
        balance: account.balance.toString(),
        nonce: account.nonce.toString(),
      }),
    )
    const puts = ['tip', blockKey(tip.number)].map((key) => put(key, storedTip(tip)))
    const crossings = crossingsOf(tip.number, state, transactions)
    await attempt(`block ${tip.number} cannot be written`, () =>
      this.level.batch([...accounts, ...puts, ...crossings], { sync: true }),
    )
  }

  /** What was committed at a height; `undefined` when nothing yet. */
  async block(number: bigint): Promise<Tip | undefined> {
    const stored = await this.#get(blockKey(number))
    return stored === undefined ? undefined : parseTip(stored)
  }

  /** What left and came in with a committed block. */
  async exits(number: bigint, networkId: number): Promise<BlockExits> {
    const stored = await this.#get(bridgeKey(number))
    if (stored === undefined) return { bridgeExits: [], claims: [] }
    const { transactions, localExitRoot } = parseCrossings(stored)
    return { ...blockExitsOf(transactions, networkId), localExitRoot }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.level.close()
  }

  async #bind(genesis: string): Promise<void> {
    const bound = await this.#get('genesis')
    if (bound === undefined) {
      await attempt('the genesis cannot be written', () =>
        this.level.put('genesis', genesis, { sync: true }),
      )
    } else if (bound !== genesis) {
      throw new LedgerError(
        'LEDGER_GENESIS',
        `the database at ${this.path} belongs to another ledger: choose another folder`,
      )
    }
  }

  #get(key: string): Promise<unknown> {
    return attempt(`${key} cannot be read`, () => this.level.get(key))
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown, field: string): string {
  const found = isRecord(value) ? value[field] : undefined
  if (typeof found !== 'string')
    throw new LedgerError('LEDGER_CORRUPT', `the ledger's database is damaged: ${field} is missing`)
  return found
}

function uint(value: unknown, field: string): bigint {
  const digits = text(value, field)
  if (!/^\d{1,20}$/.test(digits))
    throw new LedgerError(
      'LEDGER_CORRUPT',
      `the ledger's database is damaged: ${field} is no number`,
    )
  return BigInt(digits)
}

const parseAccount = (value: unknown): Account => ({
  balance: uint(value, 'balance'),
  nonce: uint(value, 'nonce'),
})
const parseTip = (value: unknown): Tip => ({
  number: uint(value, 'number'),
  payloadHash: hashOf(text(value, 'payloadHash'), 'payloadHash'),
  stateRoot: hashOf(text(value, 'stateRoot'), 'stateRoot'),
})

/** Transactions of a block that cross the bridge, and the local exit root after it; nothing where there are none. */
function crossingsOf(
  block: bigint,
  { bridge }: LedgerState,
  transactions: readonly CheckedTransaction[],
): ReturnType<typeof put>[] {
  const crossing = transactions.filter(crosses).map(({ encoded }) => toHex(encoded))
  if (bridge === undefined || crossing.length === 0) return []
  const localExitRoot = toHex(bridge.localExitRoot)
  return [put(bridgeKey(block), { transactions: crossing, localExitRoot })]
}

function parseCrossings(value: unknown): {
  readonly transactions: readonly Transaction[]
  readonly localExitRoot: Hash32
} {
  const stored = isRecord(value) ? value['transactions'] : undefined
  const transactions = (Array.isArray(stored) ? stored : []).map((encoded) => {
    const decoded = decodeTransactionFields(fromHex(String(encoded)) ?? new Uint8Array(0))
    if (decoded.ok) return decoded.value
    throw new LedgerError('LEDGER_CORRUPT', `the ledger's database is damaged: a transaction`)
  })
  return { transactions, localExitRoot: hashOf(text(value, 'localExitRoot'), 'localExitRoot') }
}
