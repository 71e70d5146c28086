import type { Hash32 } from '@zkstack/crypto'
import { AnswerError, hashOf, objectOf, quantityOf, requireSame } from './answer-fields.js'
import type { BlockTag, L1Block } from './l1-types.js'

/** Which block was asked for. */
export type BlockQuestion = bigint | BlockTag | { readonly hash: Hash32 }

/**
 * The answer of `eth_getBlockByNumber` and `eth_getBlockByHash`; `undefined` for `null`.
 * @throws AnswerError when it is of another number or hash, or is its own parent.
 */
export function decodeBlock(answer: unknown, asked: BlockQuestion): L1Block | undefined {
  if (answer === null) return undefined
  const fields = objectOf(answer, 'block')
  const block: L1Block = {
    number: quantityOf(fields['number'], 'block.number', 64),
    hash: hashOf(fields['hash'], 'block.hash'),
    parentHash: hashOf(fields['parentHash'], 'block.parentHash'),
    timestamp: quantityOf(fields['timestamp'], 'block.timestamp', 64),
    baseFeePerGas: quantityOf(fields['baseFeePerGas'] ?? '0x0', 'block.baseFeePerGas'),
  }
  if (typeof asked === 'bigint' && block.number !== asked)
    throw new AnswerError(`block.number: expected ${asked}, got ${block.number}`)
  if (typeof asked === 'object') requireSame(block.hash, asked.hash, 'block.hash')
  if (block.hash.every((byte, i) => byte === block.parentHash[i]))
    throw new AnswerError('block.parentHash: is the hash of the block itself')
  return block
}
