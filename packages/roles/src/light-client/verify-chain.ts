import type { Result } from '@zkstack/crypto'
import type { EpochRecord } from '../epoch/epoch-record.js'
import type { Genesis } from '../genesis/genesis.js'
import type { FinalBlock } from '../messages/block.js'
import type { EpochScope } from '../messages/epoch-scope.js'
import type { VerifyOptions } from '../messages/qc-key.js'
import {
  EpochChain,
  type ChainBlockError,
  type ChainEpochError,
  type ChainStartError,
} from './epoch-chain.js'

/** What {@link verifyChain} takes. */
export interface ChainProof {
  /** Trusted: whoever chooses it chooses the chain. */
  readonly genesis: Genesis
  /** Trusted too: the first epoch of a genesis without a committee. */
  readonly first?: EpochRecord | undefined
  /** The epochs that follow, in order, at least to that of the block; none for a genesis with a committee. */
  readonly epochs?: readonly EpochRecord[]
  readonly block: FinalBlock
}

/** Why a block does not follow from a genesis. */
export type ChainError = ChainStartError | ChainEpochError | ChainBlockError

/**
 * Verifies that a block is final on the chain of a genesis: each committee on the way handed over to the next, and a quorum of the last
 * one signed the block. Needs no other block. Whoever follows a chain keeps an {@link EpochChain} instead, so that no epoch
 * is verified twice.
 *
 * @returns what the block was judged by.
 * @see docs/spec/messages.md L1
 */
export function verifyChain(
  { genesis, first, epochs = [], block }: ChainProof,
  options?: VerifyOptions,
): Result<EpochScope, ChainError> {
  const begun = EpochChain.begin(genesis, first)
  if (!begun.ok) return begun
  let chain = begun.value
  for (const record of epochs) {
    const extended = chain.extend(record)
    if (!extended.ok) return extended
    chain = extended.value
  }
  return chain.verifyBlock(block, options)
}
