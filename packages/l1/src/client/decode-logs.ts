import { bytesEqual, toHex } from '@zkstack/crypto'
import {
  addressOf,
  AnswerError,
  arrayOf,
  dataOf,
  hashOf,
  indexOf,
  objectOf,
  quantityOf,
  requireSame,
} from './answer-fields.js'
import type { L1Log, LogFilter, LogPlace } from './l1-types.js'

/** Reads one log. @throws AnswerError, also when the log says that it was removed. */
export function decodeLog(value: unknown, what: string): L1Log {
  const fields = objectOf(value, what)
  if (fields['removed'] === true) throw new AnswerError(`${what}: is of a block that was removed`)
  return {
    address: addressOf(fields['address'], `${what}.address`),
    topics: arrayOf(fields['topics'], `${what}.topics`, 4).map((topic, i) =>
      hashOf(topic, `${what}.topics[${i}]`),
    ),
    data: dataOf(fields['data'], `${what}.data`),
    blockNumber: quantityOf(fields['blockNumber'], `${what}.blockNumber`, 64),
    blockHash: hashOf(fields['blockHash'], `${what}.blockHash`),
    transactionHash: hashOf(fields['transactionHash'], `${what}.transactionHash`),
    transactionIndex: indexOf(fields['transactionIndex'], `${what}.transactionIndex`),
    logIndex: indexOf(fields['logIndex'], `${what}.logIndex`),
  }
}

/**
 * The answer of `eth_getLogs`.
 *
 * @throws AnswerError when a log is outside of the filter or place, stands twice or out of order, or when one block has two hashes.
 */
export function decodeLogs(answer: unknown, filter: LogFilter, place: LogPlace): readonly L1Log[] {
  const logs = arrayOf(answer, 'logs').map((value, i) => decodeLog(value, `logs[${i}]`))
  logs.forEach((log, i) => {
    requirePlace(log, place, `logs[${i}]`)
    if (!matches(log, filter)) throw new AnswerError(`logs[${i}]: is not what was asked for`)
  })
  requireOrder(logs)
  return logs
}

/** Whether a log is one that a filter asks for. */
export function matches(log: L1Log, { addresses, topics = [] }: LogFilter): boolean {
  return (
    addresses.some((wanted) => bytesEqual(wanted, log.address)) &&
    topics.every((wanted, position) => {
      const topic = log.topics[position]
      if (wanted === null) return true
      return topic !== undefined && wanted.some((one) => bytesEqual(one, topic))
    })
  )
}

/** Refuses logs that do not ascend by block, transaction and index, or that name two hashes of one block. @throws AnswerError */
export function requireOrder(logs: readonly L1Log[]): void {
  const owner = new Map<string, string>()
  logs.forEach((log, i) => {
    const before = logs[i - 1]
    if (before !== undefined && !isAfter(log, before))
      throw new AnswerError(`logs[${i}]: is not after the one before it`)
    const block = String(log.blockNumber)
    const hash = toHex(log.blockHash)
    if ((owner.get(block) ?? hash) !== hash)
      throw new AnswerError(`logs[${i}].blockHash: is the second one of block ${block}`)
    owner.set(block, hash)
  })
}

function isAfter(log: L1Log, before: L1Log): boolean {
  if (log.blockNumber !== before.blockNumber) return log.blockNumber > before.blockNumber
  return log.logIndex > before.logIndex && log.transactionIndex >= before.transactionIndex
}

function requirePlace(log: L1Log, place: LogPlace, what: string): void {
  const [from, to] =
    'block' in place ? [place.block.number, place.block.number] : [place.fromBlock, place.toBlock]
  if (log.blockNumber < from || log.blockNumber > to)
    throw new AnswerError(`${what}.blockNumber: ${log.blockNumber} is not in [${from}, ${to}]`)
  if ('block' in place) requireSame(log.blockHash, place.block.hash, `${what}.blockHash`)
}
