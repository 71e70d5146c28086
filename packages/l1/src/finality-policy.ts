import type { BlockTag } from './client/l1-types.js'

/** When a block counts: it lies under a tag, and under so many blocks. */
export interface FinalityPolicy {
  readonly tag: BlockTag
  /** The block itself counts as the first; 0 and 1 mean the same: no block above it is needed. */
  readonly confirmations: number
}

/** The lowest number that the policy's tagged block must have for `block` to be final: block + max(confirmations, 1) − 1. */
export function requiredHead(policy: FinalityPolicy, block: bigint): bigint {
  return block + depthBelowHead(policy)
}

/** Whether `block` is final by a policy when its tag stands at `head`; `undefined`, a tag that stands nowhere yet, makes nothing final. */
export function isFinal(
  policy: FinalityPolicy,
  block: bigint,
  head: { readonly number: bigint } | undefined,
): boolean {
  return head !== undefined && head.number >= requiredHead(policy, block)
}

/** The highest block that is final when the policy's tag stands at `head`; `undefined` if none is. */
export function highestFinal(policy: FinalityPolicy, head: bigint): bigint | undefined {
  const depth = depthBelowHead(policy)
  return head < depth ? undefined : head - depth
}

function depthBelowHead({ confirmations }: FinalityPolicy): bigint {
  if (!Number.isSafeInteger(confirmations) || confirmations < 0)
    throw new RangeError(`confirmations: expected a non-negative integer, got ${confirmations}`)
  return BigInt(Math.max(confirmations, 1) - 1)
}
