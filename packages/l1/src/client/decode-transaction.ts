import { keccak256, type Hash32 } from '@zkstack/crypto'
import { recoverSigner } from '@zkstack/pessimistic-proof'
import {
  formatTransaction,
  serializeTransaction,
  type Signature,
  type TransactionSerializable,
} from 'viem'
import {
  addressOf,
  AnswerError,
  dataOf,
  objectOf,
  quantityOf,
  requireSame,
} from './answer-fields.js'
import type { KnownTransaction } from './l1-types.js'

/**
 * The answer of `eth_getTransactionByHash`, mined or not; `undefined` for `null`. Hash and sender are computed from the fields.
 * @throws AnswerError when it is of another transaction or another sender, or of a type that cannot be computed.
 */
export function decodeTransaction(answer: unknown, hash: Hash32): KnownTransaction | undefined {
  if (answer === null) return undefined
  const fields = objectOf(answer, 'transaction')
  const { transaction, signature } = serializable(fields)
  requireSame(hashOf(transaction, signature), hash, 'the hash of the transaction')
  const { r, s, yParity } = signature
  const sender = recoverSigner(
    { r: BigInt(r), s: BigInt(s), oddYParity: yParity === 1 },
    hashOf(transaction),
  )
  if (sender === undefined) throw new AnswerError('transaction: its signature is of nobody')
  requireSame(addressOf(fields['from'], 'transaction.from'), sender, 'transaction.from')
  return { hash, sender, nonce: quantityOf(fields['nonce'], 'transaction.nonce', 64) }
}

type Signed = Signature & { readonly yParity: number }

/** What is hashed of a transaction, and its signature. */
function serializable(fields: Readonly<Record<string, unknown>>): {
  readonly transaction: TransactionSerializable
  readonly signature: Signed
} {
  try {
    const found = formatTransaction(fields)
    const { r, s, v, yParity, input: data, from: _, ...rest } = found
    const parity = yParity ?? Number((v ?? 0n) % 2n === 0n)
    const signature = { r, s, yParity: parity, ...(v !== undefined && { v }) }
    const transaction = { ...rest, data } as TransactionSerializable
    return { transaction, signature }
  } catch (e) {
    throw new AnswerError(`transaction: ${String(e)}`)
  }
}

function hashOf(transaction: TransactionSerializable, signature?: Signed): Hash32 {
  try {
    return keccak256(dataOf(serializeTransaction(transaction, signature), 'transaction'))
  } catch (e) {
    throw new AnswerError(`transaction: ${String(e)}`)
  }
}
