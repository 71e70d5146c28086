import type { Hash32 } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import {
  addressOf,
  AnswerError,
  arrayOf,
  hashOf,
  indexOf,
  objectOf,
  quantityOf,
  requireSame,
} from './answer-fields.js'
import { decodeLog, requireOrder } from './decode-logs.js'
import type { L1Log, L1Receipt, MinedTransaction } from './l1-types.js'

/**
 * The answer of `eth_getTransactionReceipt`; `undefined` for `null` and for a transaction that is in no block.
 * @throws AnswerError when it is of another transaction, or one of its logs is not of its transaction and block.
 */
export function decodeReceipt(answer: unknown, transaction: Hash32): L1Receipt | undefined {
  if (answer === null) return undefined
  const fields = objectOf(answer, 'receipt')
  const transactionHash = hashOf(fields['transactionHash'], 'receipt.transactionHash')
  requireSame(transactionHash, transaction, 'receipt.transactionHash')
  if (fields['blockHash'] === null || fields['blockNumber'] === null) return undefined
  const receipt: L1Receipt = {
    transactionHash,
    transactionIndex: indexOf(fields['transactionIndex'], 'receipt.transactionIndex'),
    blockNumber: quantityOf(fields['blockNumber'], 'receipt.blockNumber', 64),
    blockHash: hashOf(fields['blockHash'], 'receipt.blockHash'),
    status: statusOf(fields['status']),
    from: addressOf(fields['from'], 'receipt.from'),
    to: optionalAddress(fields['to'], 'receipt.to'),
    contractAddress: optionalAddress(fields['contractAddress'], 'receipt.contractAddress'),
    gasUsed: quantityOf(fields['gasUsed'], 'receipt.gasUsed', 64),
    effectiveGasPrice: quantityOf(fields['effectiveGasPrice'], 'receipt.effectiveGasPrice'),
    logs: arrayOf(fields['logs'], 'receipt.logs').map((log, i) =>
      decodeLog(log, `receipt.logs[${i}]`),
    ),
  }
  if (receipt.blockNumber === 0n)
    throw new AnswerError('receipt.blockNumber: the first block has no transactions')
  for (const [i, log] of receipt.logs.entries()) requireOwn(log, receipt, `receipt.logs[${i}]`)
  requireOrder(receipt.logs)
  if (receipt.status === 'reverted' && receipt.logs.length > 0)
    throw new AnswerError('receipt.logs: a transaction that reverted has none')
  return receipt
}

/**
 * The answer of `eth_getTransactionBySenderAndNonce`; `undefined` for `null` and for a transaction that is only in a mempool.
 * @throws AnswerError when it is of another sender or nonce.
 */
export function decodeMinedTransaction(
  answer: unknown,
  sender: Address,
  nonce: bigint,
): MinedTransaction | undefined {
  if (answer === null) return undefined
  const fields = objectOf(answer, 'transaction')
  requireSame(addressOf(fields['from'], 'transaction.from'), sender, 'transaction.from')
  const found = quantityOf(fields['nonce'], 'transaction.nonce', 64)
  if (found !== nonce) throw new AnswerError(`transaction.nonce: expected ${nonce}, got ${found}`)
  if (fields['blockNumber'] === null || fields['blockNumber'] === undefined) return undefined
  return {
    hash: hashOf(fields['hash'], 'transaction.hash'),
    blockNumber: quantityOf(fields['blockNumber'], 'transaction.blockNumber', 64),
    blockHash: hashOf(fields['blockHash'], 'transaction.blockHash'),
  }
}

function statusOf(value: unknown): L1Receipt['status'] {
  const status = quantityOf(value, 'receipt.status')
  if (status > 1n) throw new AnswerError(`receipt.status: expected 0 or 1, got ${status}`)
  return status === 1n ? 'success' : 'reverted'
}

function optionalAddress(value: unknown, what: string): Address | undefined {
  return value === null || value === undefined ? undefined : addressOf(value, what)
}

function requireOwn(log: L1Log, receipt: L1Receipt, what: string): void {
  requireSame(log.transactionHash, receipt.transactionHash, `${what}.transactionHash`)
  requireSame(log.blockHash, receipt.blockHash, `${what}.blockHash`)
  if (log.blockNumber !== receipt.blockNumber)
    throw new AnswerError(`${what}.blockNumber: is not that of the receipt`)
}
