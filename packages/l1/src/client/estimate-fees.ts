import { AnswerError, arrayOf, objectOf, quantityOf } from './answer-fields.js'
import type { FeeEstimate } from './l1-types.js'

/** How many blocks an estimate looks back. */
export const feeHistoryBlocks = 10

/** The percentile of the priority fees of each block, weighted by gas, that counts. */
export const feeHistoryPercentile = 20

/** Ten times what a busy chain has ever asked, in wei: a fee beyond it is no fee but a lie that would empty the wallet. */
const highestFee = 10n ** 14n

/**
 * The estimate from an answer of `eth_feeHistory`: the priority fee is the median, over the blocks that paid one, of their
 * 20th percentiles, at least 1 wei; the maximum is twice the next base fee, and the priority fee.
 *
 * @throws AnswerError
 * @see https://eips.ethereum.org/EIPS/eip-1559
 */
export function estimateFees(answer: unknown): FeeEstimate {
  const fields = objectOf(answer, 'feeHistory')
  const bases = arrayOf(fields['baseFeePerGas'], 'feeHistory.baseFeePerGas', feeHistoryBlocks + 1)
  if (bases.length === 0) throw new AnswerError('feeHistory.baseFeePerGas: is empty')
  const rewards = arrayOf(fields['reward'] ?? [], 'feeHistory.reward', feeHistoryBlocks)
  const paid = rewards
    .map((of, i) => quantityOf(arrayOf(of, 'feeHistory.reward', 1)[0], `feeHistory.reward[${i}]`))
    .filter((reward) => reward > 0n)
    .sort((a, b) => (a < b ? -1 : Number(a > b)))
  const baseFeePerGas = quantityOf(bases.at(-1), 'feeHistory.baseFeePerGas')
  const maxPriorityFeePerGas = paid[Math.floor((paid.length - 1) / 2)] ?? 1n
  const maxFeePerGas = 2n * baseFeePerGas + maxPriorityFeePerGas
  if (maxFeePerGas > highestFee)
    throw new AnswerError(`feeHistory: ${maxFeePerGas} wei for a unit of gas cannot be`)
  return { baseFeePerGas, maxPriorityFeePerGas, maxFeePerGas }
}
