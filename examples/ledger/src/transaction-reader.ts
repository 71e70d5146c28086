import { err, ok, toHex, type Result } from '@zkstack/crypto'
import {
  decodeTransaction,
  transactionId,
  verifySignature,
  type Transaction,
  type TransactionError,
} from './transaction.js'

/** A transaction whose form, chain and signature have been checked. */
export interface CheckedTransaction extends Transaction {
  /** keccak256 of the encoding, in hexadecimal. */
  readonly id: string
  readonly encoded: Uint8Array
}

/** How many checked transactions are remembered: several full blocks. */
const remembered = 20_000

/**
 * Reads foreign transactions, checking each signature once: a transaction is met at admission, in `verify` and in `commit`.
 *
 * The memory is bounded; the oldest entries go first.
 */
export class TransactionReader {
  readonly #chainId: bigint
  readonly #checked = new Map<string, CheckedTransaction>()

  constructor(chainId: bigint) {
    this.#chainId = chainId
  }

  /** Decodes and checks one transaction. */
  read(encoded: Uint8Array): Result<CheckedTransaction, TransactionError> {
    const id = toHex(transactionId(encoded))
    const known = this.#checked.get(id)
    if (known !== undefined) return ok(known)
    const decoded = decodeTransaction(encoded, this.#chainId)
    if (!decoded.ok) return decoded
    if (!verifySignature(decoded.value)) return err('BAD_SIGNATURE')
    const checked = { ...decoded.value, id, encoded: Uint8Array.from(encoded) }
    this.#remember(checked)
    return ok(checked)
  }

  #remember(transaction: CheckedTransaction): void {
    if (this.#checked.size >= remembered) {
      const oldest = this.#checked.keys().next()
      if (oldest.done !== true) this.#checked.delete(oldest.value)
    }
    this.#checked.set(transaction.id, transaction)
  }
}
