import type { Hash32 } from '@zkstack/crypto'
import type { BridgeState } from './bridge/bridge-state.js'
import { claimCheck, type LedgerBridge } from './bridge/ledger-bridge.js'
import { Database } from './database.js'
import { LedgerExecution } from './execution-layer.js'
import { genesisHash, type LedgerGenesis } from './genesis.js'
import { Pool, type PoolLimits } from './pool.js'
import type { LedgerState } from './state.js'
import { TransactionReader } from './transaction-reader.js'

/** Options of {@link openLedger}. */
export interface LedgerOptions {
  /** Folder of the database; created when missing. */
  readonly path: string
  readonly genesis: LedgerGenesis
  readonly pool?: Partial<PoolLimits>
  /** How long a proposal waits for a first transaction before an empty block is made, in milliseconds; default 250. */
  readonly patienceMs?: number
  /** Bytes without meaning to add to each block; default 0. */
  readonly fillerBytes?: number
  /** What is known of L1, for a genesis with a `networkId`; default: nothing, so that this node votes for no claim. */
  readonly bridge?: LedgerBridge
}

/** An open ledger: what to give to `createNode`, and what to ask. */
export interface Ledger extends AsyncDisposable {
  readonly execution: LedgerExecution
  readonly mempool: Pool
  readonly state: LedgerState
  /** Number of the last committed block; `undefined` before the first. */
  readonly height: bigint | undefined
  /** The state root after a block; `undefined` when it is not committed yet. */
  stateRootAt(number: bigint): Promise<Hash32 | undefined>
}

/** Opens a ledger on disk. @throws LedgerError `LEDGER_LOCKED`, `LEDGER_GENESIS`, `LEDGER_CORRUPT`, `LEDGER_IO`; RangeError for a wrong genesis. */
export async function openLedger(o: LedgerOptions): Promise<Ledger> {
  const parent = genesisHash(o.genesis)
  const database = await Database.open(o.path, o.genesis)
  try {
    const head = await database.load(o.genesis, await emptyBridge(o.genesis.networkId))
    const reader = new TransactionReader(o.genesis.chainId)
    const accepts = claimCheck(o.genesis.networkId, o.bridge)
    const pool = new Pool(head.state, reader, o.pool, accepts)
    const execution = new LedgerExecution({
      database,
      pool,
      reader,
      head,
      firstBlock: o.genesis.firstBlock,
      genesisHash: parent,
      patienceMs: o.patienceMs ?? 250,
      fillerBytes: o.fillerBytes ?? 0,
      accepts,
    })
    return {
      execution,
      mempool: pool,
      get state() {
        return execution.head.value.state
      },
      get height() {
        return execution.head.value.tip?.number
      },
      stateRootAt: async (number) => (await database.block(number))?.stateRoot,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  } catch (e) {
    await database[Symbol.asyncDispose]()
    throw e
  }
}

/** Loads the bridge only for those who have one: validators without it start faster. */
async function emptyBridge(networkId: number | undefined): Promise<BridgeState | undefined> {
  if (networkId === undefined) return undefined
  const { BridgeState } = await import('./bridge/bridge-state.js')
  return BridgeState.empty(networkId)
}
