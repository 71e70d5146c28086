import { ed25519, err, keccak256, ok, type Hash32, type Result } from '@zkstack/crypto'
import { isClaim, isExit } from './bridge/bridge-fields.js'
import {
  decodeTransactionFields,
  encodeTransactionFields,
  type TransactionFields,
} from './codec.js'

/** Length of an address in bytes: an Ed25519 public key. */
export const addressBytes = 32
const signatureBytes = 64

/** Separates the signatures of transactions from everything else that is signed. */
const transferDomain = new TextEncoder().encode('zkstack/example-ledger/transfer/1')

/**
 * A signed transfer; `from` and `to` are addresses, amounts in the smallest unit. With `exit` the amount leaves through the bridge,
 * with `claim` what is claimed comes in.
 */
export type Transaction = TransactionFields

/** What a sender decides. */
export type Transfer = Omit<Transaction, 'from' | 'signature'>

/** Why bytes are no transaction of this chain. */
export type TransactionError = 'MALFORMED' | 'WRONG_CHAIN' | 'BAD_SIGNATURE'

const unsignedHash = (t: TransactionFields): Hash32 =>
  keccak256(transferDomain, encodeTransactionFields({ ...t, signature: new Uint8Array(0) }))

/**
 * Signs a transaction and returns its canonical encoding.
 *
 * @param seed the sender's 32-byte Ed25519 secret.
 * @throws RangeError for a number above 64 bits.
 */
export function signTransaction(transfer: Transfer, seed: Uint8Array): Uint8Array {
  const unsigned = { ...transfer, from: ed25519.publicKey(seed), signature: new Uint8Array(0) }
  return encodeTransactionFields({
    ...unsigned,
    signature: ed25519.sign(seed, unsignedHash(unsigned)),
  })
}

/** A transaction's name: keccak256 of its encoding, signature included. */
export function transactionId(encoded: Uint8Array): Hash32 {
  return keccak256(encoded)
}

/** Decodes foreign bytes and checks lengths and chain; the signature is left to {@link verifySignature}. */
export function decodeTransaction(
  encoded: Uint8Array,
  chainId: bigint,
): Result<Transaction, TransactionError> {
  const decoded = decodeTransactionFields(encoded)
  if (!decoded.ok) return decoded
  const { from, signature } = decoded.value
  const isWellFormed =
    from.length === addressBytes && signature.length === signatureBytes && isAction(decoded.value)
  if (!isWellFormed) return err('MALFORMED')
  return decoded.value.chainId === chainId ? ok(decoded.value) : err('WRONG_CHAIN')
}

/** Whether it is one thing: a transfer, an exit, or a claim. */
function isAction({ to, amount, exit, claim }: TransactionFields): boolean {
  if (exit === undefined && claim === undefined) return to.length === addressBytes
  if (to.length !== 0) return false
  if (claim === undefined) return exit !== undefined && isExit(exit)
  return exit === undefined && amount === 0n && isClaim(claim)
}

/** Whether the sender signed it. */
export function verifySignature(t: Transaction): boolean {
  return ed25519.verify(t.from, unsignedHash(t), t.signature)
}
