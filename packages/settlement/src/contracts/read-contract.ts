import { err, ok, type Result } from '@zkstack/crypto'
import type { BlockTag, L1Client, L1Error } from '@zkstack/l1'
import type { Address, CallOptions } from '@zkstack/pessimistic-proof'
import type { Hex } from 'viem'
import { bytesOf, hexOf } from './bytes-of.js'

/** A question to a contract: what is sent, and how the answer is read. */
export interface ContractRead<T> {
  readonly to: Address
  readonly calldata: Hex
  /** Reads what came, `undefined` for nothing; may throw for anything that is no answer to this question. */
  decode(answer: Hex): T | undefined
}

/** When a contract is asked: after a block. */
export type ReadAt = bigint | BlockTag

/**
 * Asks a contract. `undefined`: there is no such contract, or it reverts, which is how contracts say that they know nothing of the
 * kind; people are called for that, so that it must be said twice. An answer that cannot be read is `INCONSISTENT`.
 */
export async function readContract<T>(
  client: L1Client,
  question: ContractRead<T>,
  at: ReadAt,
  o: CallOptions,
): Promise<Result<T | undefined, L1Error>> {
  const answer = await readOnce(client, question, at, o)
  return answer.ok && answer.value === undefined ? readOnce(client, question, at, o) : answer
}

async function readOnce<T>(
  client: L1Client,
  { to, calldata, decode }: ContractRead<T>,
  at: ReadAt,
  o: CallOptions,
): Promise<Result<T | undefined, L1Error>> {
  const answer = await client.call({ to, calldata: bytesOf(calldata) }, at, o)
  if (!answer.ok) {
    const { error } = answer
    return error.code === 'REFUSED' && error.reason === 'REVERTED' ? ok(undefined) : answer
  }
  if (answer.value.length === 0) return ok(undefined)
  try {
    return ok(decode(hexOf(answer.value)))
  } catch {
    const message = `the contract ${hexOf(to)} gives ${answer.value.length} bytes that are no answer`
    return err({ code: 'INCONSISTENT', message, retry: true })
  }
}
