import { concatBytes, keccak256, type Hash32 } from '@zkstack/crypto'
import type { EpochScope } from '../messages/epoch-scope.js'

/** Domain of what an outgoing committee signs about the next one. */
const DOMAIN = new TextEncoder().encode('zkstack/epoch/1')

/**
 * The 32 bytes by which the committee of the epoch before hands over to this one:
 * `keccak256("zkstack/epoch/1" ‖ genesis hash (32) ‖ be64 epoch ‖ be64 first block ‖ schedule hash (32))`.
 *
 * @see docs/spec/messages.md H6
 */
export function hashEpoch({ genesis, epoch, firstBlock, schedule }: EpochScope): Hash32 {
  const numbers = new DataView(new ArrayBuffer(16))
  numbers.setBigUint64(0, epoch)
  numbers.setBigUint64(8, firstBlock)
  return keccak256(concatBytes(DOMAIN, genesis, new Uint8Array(numbers.buffer), schedule.hash))
}
