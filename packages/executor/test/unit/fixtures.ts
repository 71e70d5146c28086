import { Watch } from '@zkstack/concurrency'
import type { Block, FinalBlock } from '@zkstack/roles'
import type { BlockRange } from '@zkstack/storage'

/** A block whose certificate nobody looks at. */
export function fakeBlock(number: bigint): FinalBlock {
  return {
    kind: 'final',
    number,
    epoch: 0n,
    view: number + 1n,
    payload: new Uint8Array([Number(number % 256n)]),
  } as unknown as FinalBlock
}

/** Blocks in memory, with the watch that a block queue would keep. */
export class FakeStore {
  readonly blocks = new Map<bigint, Block>()
  readonly watch: Watch<BlockRange>
  reads = 0

  constructor(first = 0n, count = 0) {
    this.watch = new Watch<BlockRange>({ first, next: first, last: undefined })
    this.grow(count)
  }

  range(): BlockRange {
    return this.watch.value
  }

  get(number: bigint): Promise<Block | undefined> {
    this.reads += 1
    return Promise.resolve(this.blocks.get(number))
  }

  grow(count: number): void {
    for (let i = 0; i < count; i++) {
      const { first, next } = this.watch.value
      this.blocks.set(next, fakeBlock(next))
      this.watch.set({ first, next: next + 1n, last: undefined })
    }
  }

  prune(before: bigint): void {
    for (const number of this.blocks.keys()) if (number < before) this.blocks.delete(number)
    this.watch.update((range) => ({ ...range, first: before }))
  }
}
