/**
 * A small ledger on the consensus library: accounts, signed transfers, a state root that every validator checks.
 *
 * @packageDocumentation
 */
export { bridgeAddress, weiPerUnit } from './bridge/bridge-exits.js'
export type { LedgerBridge } from './bridge/ledger-bridge.js'
export { signClaim, signExit } from './bridge/sign-bridge-transaction.js'
export { LedgerError, type Tip } from './database.js'
export { LedgerExecution } from './execution-layer.js'
export { genesisHash, genesisState, type LedgerGenesis } from './genesis.js'
export { openLedger, type Ledger, type LedgerOptions } from './ledger.js'
export { executePayload, payloadHash, payloadTransactions } from './payload.js'
export { Pool, type PoolLimits } from './pool.js'
export { LedgerState, treasury, type Account } from './state.js'
export {
  decodeTransaction,
  signTransaction,
  transactionId,
  verifySignature,
  type Transaction,
  type Transfer,
} from './transaction.js'
