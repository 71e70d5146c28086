import { decodeReplicaState, encodeReplicaState } from '@zkstack/roles'
import type { FinalBlock, ReplicaState } from '@zkstack/roles'

/** What survives a crash of a replica in a test: its state, as bytes, and contiguous blocks. */
export class FakeDisk {
  /** Number of the first block on it. */
  readonly first: bigint
  readonly #blocks: FinalBlock[] = []
  #state: Uint8Array | undefined
  #writes = 0

  constructor(first = 0n) {
    this.first = first
  }

  /** The block number that would be appended next. */
  get next(): bigint {
    return this.first + BigInt(this.#blocks.length)
  }

  get blocks(): readonly FinalBlock[] {
    return this.#blocks
  }

  /** Times the state was saved. */
  get writes(): number {
    return this.#writes
  }

  save(state: ReplicaState): void {
    this.#state = encodeReplicaState(state)
    this.#writes += 1
  }

  load(): ReplicaState | undefined {
    return this.#state && decodeReplicaState(this.#state)
  }

  /** Appends the block whose turn it is; false for any other. */
  append(block: FinalBlock): boolean {
    if (block.number !== this.next) return false
    this.#blocks.push(block)
    return true
  }
}
