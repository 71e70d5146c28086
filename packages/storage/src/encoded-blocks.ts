import { encodeBlockPieces } from '@zkstack/roles'
import type { BlockStore, EncodedBlock, EncodedRun } from './store.js'

/** Blocks read at once. */
const maxReads = 32

/**
 * {@link BlockStore.getEncoded} of any store: one that lacks it is asked for the blocks, which are then encoded.
 * @throws StorageError as `get` does.
 */
export async function encodedBlocks(
  store: Pick<BlockStore, 'get' | 'getEncoded'>,
  first: bigint,
  run: EncodedRun,
): Promise<EncodedBlock[]> {
  if (store.getEncoded) return store.getEncoded(first, run)
  const blocks: EncodedBlock[] = []
  let bytes = 0
  // blocks of a chain resemble one another: how many fit is guessed from the one before
  let likely = run.maxBytes
  while (blocks.length < run.count) {
    const start = first + BigInt(blocks.length)
    const fitting = Math.floor((run.maxBytes - bytes) / likely)
    const reads = Math.max(1, Math.min(maxReads, run.count - blocks.length, fitting))
    const numbers = Array.from({ length: reads }, (_, i) => start + BigInt(i))
    for (const block of await Promise.all(numbers.map((n) => store.get(n)))) {
      if (block === undefined) return blocks
      const encoded = encodeBlockPieces(block)
      likely = encodedLength(encoded)
      bytes += likely
      if (blocks.length > 0 && bytes > run.maxBytes) return blocks
      blocks.push(encoded)
    }
  }
  return blocks
}

/** Bytes of an encoded block. */
export function encodedLength(block: EncodedBlock): number {
  return block.reduce((sum, piece) => sum + piece.length, 0)
}
