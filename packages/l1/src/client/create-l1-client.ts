import { keccak256, type Hash32 } from '@zkstack/crypto'
import { decodeBlock, type BlockQuestion } from './decode-block.js'
import {
  AnswerError,
  dataOf,
  hashOf,
  hexData,
  hexQuantity,
  quantityOf,
  requireSame,
} from './answer-fields.js'
import { isAlreadyKnown, isNotFound } from './classify-rpc-error.js'
import { decodeLogs } from './decode-logs.js'
import { decodeMinedTransaction, decodeReceipt } from './decode-receipt.js'
import { decodeTransaction } from './decode-transaction.js'
import { EndpointPool } from './endpoint-pool.js'
import type { Question } from './endpoint.js'
import { estimateFees, feeHistoryBlocks, feeHistoryPercentile } from './estimate-fees.js'
import { FreshestBlock } from './freshest-block.js'
import type { L1Client } from './l1-client.js'
import { resolveClientOptions, type L1ClientOptions } from './l1-client-options.js'
import type { CallRequest, L1Block, LogFilter, LogPlace } from './l1-types.js'

/**
 * Makes a client of one chain over JSON-RPC. It asks when it is called, and holds nothing that would have to be closed.
 *
 * @throws RangeError or TypeError for options that make no sense.
 * @see https://ethereum.github.io/execution-apis/
 */
export function createL1Client(options: L1ClientOptions): L1Client {
  const o = resolveClientOptions(options)
  const pool = new EndpointPool(o)
  const freshest = new FreshestBlock(pool, o)
  return {
    chainId: o.chainId,
    block: (at, call) =>
      at === 'latest' ? freshest.ask(blockQuestion(at), call) : pool.ask(blockQuestion(at), call),
    logs: (filter, place, call) => pool.ask(logsQuestion(filter, place), call),
    receipt: (transaction, call) =>
      pool.ask(
        {
          method: 'eth_getTransactionReceipt',
          params: [hexData(transaction)],
          decode: (result) => decodeReceipt(result, transaction),
        },
        call,
      ),
    transaction: (hash, call) =>
      pool.ask(
        {
          method: 'eth_getTransactionByHash',
          params: [hexData(hash)],
          decode: (result) => decodeTransaction(result, hash),
        },
        call,
      ),
    async transactionBySenderAndNonce(sender, nonce, call) {
      const answer = await pool.ask(
        {
          method: 'eth_getTransactionBySenderAndNonce',
          params: [hexData(sender), hexQuantity(nonce)],
          decode: (result) => decodeMinedTransaction(result, sender, nonce),
          absorb: (error) => (isNotFound(error) ? { value: undefined } : undefined),
        },
        call,
      )
      if (answer.ok || answer.error.code !== 'REFUSED') return answer
      return answer.error.reason === 'UNSUPPORTED' ? { ok: true, value: 'UNSUPPORTED' } : answer
    },
    transactionCount: (sender, at, call) =>
      pool.ask(
        {
          method: 'eth_getTransactionCount',
          params: [hexData(sender), place(at)],
          decode: transactionCountOf,
        },
        call,
      ),
    balance: (of, at, call) =>
      pool.ask(numberQuestion('eth_getBalance', [hexData(of), place(at)]), call),
    estimateGas: (request, call) =>
      pool.ask(numberQuestion('eth_estimateGas', [callFields(request)], 64), call),
    fees: (call) =>
      pool.ask(
        {
          method: 'eth_feeHistory',
          params: [hexQuantity(BigInt(feeHistoryBlocks)), 'latest', [feeHistoryPercentile]],
          decode: estimateFees,
        },
        call,
      ),
    call: (request, at, call) =>
      pool.ask(
        {
          method: 'eth_call',
          params: [callFields(request), place(at)],
          decode: (result) => dataOf(result, 'result'),
        },
        call,
      ),
    sendRawTransaction: (transaction, call) => pool.broadcast(sendQuestion(transaction), call),
  }
}

function blockQuestion(at: BlockQuestion): Question<L1Block | undefined> {
  const [method, id] =
    typeof at === 'object'
      ? ['eth_getBlockByHash', hexData(at.hash)]
      : ['eth_getBlockByNumber', place(at)]
  return {
    method,
    params: [id, false],
    decode: (result) => decodeBlock(result, at),
    absorb: (error) =>
      typeof at === 'string' && isNotFound(error) ? { value: undefined } : undefined,
  }
}

function logsQuestion(filter: LogFilter, at: LogPlace): Question<ReturnType<typeof decodeLogs>> {
  if (filter.addresses.length === 0) throw new RangeError('addresses: at least one is needed')
  const topics = filter.topics?.map((wanted) => wanted && wanted.map(hexData))
  const where =
    'block' in at
      ? { blockHash: hexData(at.block.hash) }
      : { fromBlock: hexQuantity(at.fromBlock), toBlock: hexQuantity(at.toBlock) }
  return {
    method: 'eth_getLogs',
    params: [{ address: filter.addresses.map(hexData), ...(topics && { topics }), ...where }],
    decode: (result) => decodeLogs(result, filter, at),
  }
}

function numberQuestion(
  method: string,
  params: readonly unknown[],
  bits: 64 | 256 = 256,
): Question<bigint> {
  return { method, params, decode: (result) => quantityOf(result, 'result', bits) }
}

/** More than a double holds are more than all wallets ever sent. @throws AnswerError */
function transactionCountOf(result: unknown): bigint {
  const count = quantityOf(result, 'result', 64)
  if (count > BigInt(Number.MAX_SAFE_INTEGER))
    throw new AnswerError(`result: ${count} transactions cannot be`)
  return count
}

function sendQuestion(transaction: Uint8Array): Question<Hash32> {
  const hash = keccak256(transaction)
  return {
    method: 'eth_sendRawTransaction',
    params: [hexData(transaction)],
    decode: (result) => {
      requireSame(hashOf(result, 'result'), hash, 'result')
      return hash
    },
    absorb: (error) => (isAlreadyKnown(error) ? { value: hash } : undefined),
  }
}

function place(at: BlockQuestion | 'pending'): unknown {
  if (typeof at === 'bigint') return hexQuantity(at)
  return typeof at === 'string' ? at : { blockHash: hexData(at.hash) }
}

function callFields({ from, to, calldata, value }: CallRequest): Readonly<Record<string, string>> {
  return {
    ...(from && { from: hexData(from) }),
    to: hexData(to),
    data: hexData(calldata),
    ...(value === undefined ? {} : { value: hexQuantity(value) }),
  }
}
