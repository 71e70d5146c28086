import { bytesEqual, err, hash32, keccak256, ok, type Result } from '@zkstack/crypto'
import type { L1Client } from '../src/client/l1-client.js'
import type { L1Receipt, MinedTransaction } from '../src/client/l1-types.js'
import { refused, unavailable, type L1Error } from '../src/l1-error.js'
import { findIn, type SimulatedL1 } from './simulated-l1.js'

/** The questions that a client of a {@link SimulatedL1} answers. */
export type SimulatedMethod =
  | 'block'
  | 'receipt'
  | 'transaction'
  | 'transactionBySenderAndNonce'
  | 'transactionCount'
  | 'estimateGas'
  | 'fees'
  | 'sendRawTransaction'

/**
 * What goes wrong with one question:
 *
 * - `lost`: it never arrives.
 * - `answerLost`: it arrives, its answer does not.
 * - `stale`: the answer is of the past: a receipt from a block that was replaced, a count of two blocks ago.
 * - `missing`: the node knows nothing of a transaction that is there.
 */
export type SimulatedFault = 'lost' | 'answerLost' | 'stale' | 'missing'

/** Options of {@link simulatedL1Client}. */
export interface SimulatedL1ClientOptions {
  /** Whether `eth_getTransactionBySenderAndNonce` exists; default true. */
  readonly nonceLookup?: boolean
  /** Decides on each question; default: all goes well. */
  readonly fault?: (method: SimulatedMethod) => SimulatedFault | undefined
  /** Called before and after each question that reaches L1; what it throws ends the call. */
  readonly around?: (when: 'before' | 'after', method: SimulatedMethod) => void
}

/** A client of a {@link SimulatedL1}; it refuses logs and calls. */
export function simulatedL1Client(l1: SimulatedL1, o: SimulatedL1ClientOptions = {}): L1Client {
  const unsupported = async (): Promise<Result<never, L1Error>> =>
    err(refused('UNSUPPORTED', 'the simulated L1 has only transactions'))
  const ask = async <T>(
    method: SimulatedMethod,
    answer: (fault: SimulatedFault | undefined) => Result<T, L1Error>,
  ): Promise<Result<T, L1Error>> => {
    const fault = o.fault?.(method)
    o.around?.('before', method)
    const given = fault === 'lost' ? err(unavailable('timeout')) : answer(fault)
    o.around?.('after', method)
    return fault === 'answerLost' ? err(unavailable('timeout')) : given
  }
  return {
    chainId: 1337n,
    block: (at) =>
      ask('block', () =>
        ok(
          typeof at === 'object'
            ? l1.blocks.find(({ block }) => bytesEqual(block.hash, at.hash))?.block
            : l1.block(at)?.block,
        ),
      ),
    receipt: (hash) =>
      ask('receipt', (fault) => {
        if (fault === 'missing') return ok(undefined)
        const blocks = fault === 'stale' ? l1.everMined : l1.blocks
        const found = findIn(blocks, ({ transaction }) => bytesEqual(transaction.hash, hash))
        return ok(found && receiptOf(found))
      }),
    transaction: (hash) =>
      ask('transaction', (fault) => {
        const mined = findIn(l1.blocks, ({ transaction }) => bytesEqual(transaction.hash, hash))
        const waiting = l1.mempool.find((transaction) => bytesEqual(transaction.hash, hash))
        const found = fault === 'missing' ? undefined : (mined?.included.transaction ?? waiting)
        return ok(found && { hash, sender: found.sender, nonce: found.nonce })
      }),
    transactionBySenderAndNonce: (sender, nonce) =>
      ask<MinedTransaction | undefined | 'UNSUPPORTED'>('transactionBySenderAndNonce', (fault) => {
        if (o.nonceLookup === false) return ok('UNSUPPORTED')
        const found = fault === undefined ? l1.findByNonce(sender, nonce) : undefined
        return ok(
          found && {
            hash: found.included.transaction.hash,
            blockNumber: found.block.number,
            blockHash: found.block.hash,
          },
        )
      }),
    transactionCount: (sender, at) =>
      ask('transactionCount', (fault) => {
        if (at === 'pending') return ok(l1.pendingCount(sender))
        const number = typeof at === 'bigint' ? at : l1.block(at)?.block.number
        if (number === undefined) return err(unavailable(`there is no ${at} block`))
        return ok(l1.count(sender, fault === 'stale' && number > 2n ? number - 2n : number))
      }),
    estimateGas: () => ask('estimateGas', () => ok(50_000n)),
    fees: () =>
      ask('fees', () => {
        const baseFeePerGas = l1.quotedBaseFeePerGas
        const maxPriorityFeePerGas = 2n
        return ok({
          baseFeePerGas,
          maxPriorityFeePerGas,
          maxFeePerGas: 2n * baseFeePerGas + maxPriorityFeePerGas,
        })
      }),
    sendRawTransaction: (bytes) =>
      ask('sendRawTransaction', () => {
        const reason = l1.send(bytes)
        return reason === undefined ? ok(keccak256(bytes)) : err(refused(reason, reason))
      }),
    logs: unsupported,
    balance: unsupported,
    call: unsupported,
  }
}

function receiptOf({ included, block }: NonNullable<ReturnType<typeof findIn>>): L1Receipt {
  const { transaction, status } = included
  return {
    transactionHash: hash32(transaction.hash.slice()),
    transactionIndex: 0,
    blockNumber: block.number,
    blockHash: block.hash,
    status,
    from: transaction.sender,
    to: transaction.to,
    contractAddress: undefined,
    gasUsed: 21_000n,
    effectiveGasPrice: transaction.maxFeePerGas,
    logs: [],
  }
}
