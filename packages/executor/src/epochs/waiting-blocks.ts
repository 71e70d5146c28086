import type { FinalBlock } from '@zkstack/roles'

/** Blocks of peers that nobody can judge yet, since the committee of their epoch is not known. */
export class WaitingBlocks {
  readonly #blocks = new Set<FinalBlock>()

  /** How many there are. */
  get count(): number {
    return this.#blocks.size
  }

  /** The lowest of them. */
  get lowest(): { readonly number: bigint; readonly epoch: bigint } | undefined {
    let lowest: FinalBlock | undefined
    for (const block of this.#blocks) {
      if (lowest === undefined || block.number < lowest.number) lowest = block
    }
    return lowest && { number: lowest.number, epoch: lowest.epoch }
  }

  /** Notes a block until the function that it returns is called. */
  note(block: FinalBlock): () => void {
    this.#blocks.add(block)
    return () => {
      this.#blocks.delete(block)
    }
  }
}
