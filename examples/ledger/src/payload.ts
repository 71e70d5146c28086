import { bytesEqual, err, keccak256, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import { decodePayloadFields, encodePayloadFields, type PayloadFields } from './codec.js'
import type { ExecutionError, LedgerState } from './state.js'
import type { CheckedTransaction, TransactionReader } from './transaction-reader.js'
import { transactionId, type TransactionError } from './transaction.js'

/** Why a payload cannot follow a state. */
export type PayloadError =
  | { readonly code: 'MALFORMED_PAYLOAD' | 'WRONG_PARENT' | 'WRONG_STATE_ROOT' }
  | { readonly code: TransactionError | ExecutionError; readonly transaction: number }

/** A payload that was executed. */
export interface ExecutedPayload {
  readonly transactions: readonly CheckedTransaction[]
  readonly state: LedgerState
  readonly hash: Hash32
}

/** A payload's name: keccak256 of its bytes. */
export function payloadHash(payload: Uint8Array): Hash32 {
  return keccak256(payload)
}

/** Encodes a payload. */
export function encodePayload(fields: PayloadFields): Uint8Array {
  return encodePayloadFields(fields)
}

/**
 * Bytes that a transaction adds to a payload at most: itself, its field's tag and its length, which below 2 MiB takes three.
 */
export function payloadBytesOf(transaction: Uint8Array): number {
  return transaction.length + 4
}

/** Bytes of a payload without transactions and filler at most: two 32-byte fields, and the tag and length of a filler. */
export const emptyPayloadBytes = 2 * (2 + 32) + 6

/** Executes a payload on a draft of `state` and checks everything that it claims; changes nothing. */
export function executePayload(
  payload: Uint8Array,
  o: {
    readonly parent: Uint8Array
    readonly state: LedgerState
    readonly reader: TransactionReader
  },
): Result<ExecutedPayload, PayloadError> {
  const decoded = decodePayloadFields(payload)
  if (!decoded.ok) return err({ code: 'MALFORMED_PAYLOAD' })
  if (!bytesEqual(decoded.value.parent, o.parent)) return err({ code: 'WRONG_PARENT' })
  const state = o.state.draft()
  const transactions: CheckedTransaction[] = []
  for (const [transaction, encoded] of decoded.value.transactions.entries()) {
    const checked = o.reader.read(encoded)
    if (!checked.ok) return err({ code: checked.error, transaction })
    const executed = state.execute(checked.value)
    if (!executed.ok) return err({ code: executed.error, transaction })
    transactions.push(checked.value)
  }
  if (!bytesEqual(decoded.value.stateRoot, state.root)) return err({ code: 'WRONG_STATE_ROOT' })
  return ok({ transactions, state, hash: payloadHash(payload) })
}

/** Identifiers of a payload's transactions in order, in hexadecimal; none when it does not decode. */
export function payloadTransactions(payload: Uint8Array): string[] {
  const decoded = decodePayloadFields(payload)
  return decoded.ok ? decoded.value.transactions.map((t) => toHex(transactionId(t))) : []
}

/** One line that says what is wrong with a payload. */
export function describePayloadError(error: PayloadError): string {
  return 'transaction' in error ? `${error.code} (transaction ${error.transaction})` : error.code
}
