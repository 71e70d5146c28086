import { keccak256, toHex, type Hash32 } from '@zkstack/crypto'
import type { Block } from '@zkstack/roles'
import { StorageError } from './storage-error.js'
import type { BlockRange, BlockTip, StoredGenesis } from './store.js'

/**
 * What makes two blocks of one height the same: the keccak256 of the payload. Certificates may differ, since any quorum of
 * signers will do. O(1) for final blocks.
 */
export function blockHash(block: Block): Hash32 {
  return block.kind === 'final' ? block.payloadHash : keccak256(block.payload)
}

/** The tip of a store whose newest block this is. */
export function tipOf(block: Block): BlockTip {
  return block.kind === 'final'
    ? { type: 'final', qc: block.justification }
    : { type: 'preGenesis', number: block.number }
}

/**
 * Checks that a block may be appended.
 *
 * @throws StorageError `STORE_ORDER` when it is not the next one.
 * @throws RangeError when its fields contradict each other or the genesis: a bug of the caller.
 */
export function assertAppendable(
  block: Block,
  range: BlockRange,
  genesis: StoredGenesis | undefined,
): void {
  if (block.number !== range.next) {
    throw new StorageError(
      'STORE_ORDER',
      `block ${block.number} was appended, but the next one is ${range.next}`,
    )
  }
  if (block.kind === 'final' && block.justification.message.proposal.number !== block.number) {
    throw new RangeError(`block ${block.number}: its certificate is for another height`)
  }
  if (genesis === undefined) return
  const expected = block.number < genesis.firstBlock ? 'preGenesis' : 'final'
  if (block.kind !== expected) {
    throw new RangeError(
      `block ${block.number}: kind ${block.kind}, but the genesis' first block is ${genesis.firstBlock}`,
    )
  }
}

/** The error for two blocks that claim one height. */
export function conflictError(number: bigint, stored: Uint8Array, given: Uint8Array): StorageError {
  return new StorageError(
    'STORE_CONFLICT',
    `block ${number} is stored with payload hash ${toHex(stored)}, and one with ${toHex(given)} was given; ` +
      'if both are certified, more validators are faulty than the protocol tolerates: stop and compare with other nodes',
  )
}
