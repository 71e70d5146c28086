import type { Block } from '@zkstack/roles'
import type { CallOptions } from '../execution-layer.js'

/** Bounds of one write: a vote that comes meanwhile waits for it. */
const maxBlocks = 256
const maxBytes = 4 * 1024 * 1024

/** One call of `append`. */
export interface PendingAppend {
  readonly block: Block
  readonly o: Partial<CallOptions> | undefined
}

/** Appends that are written together: calls that came one right after another while the disk was busy. */
export class AppendBatch {
  readonly appends: PendingAppend[] = []
  #bytes = 0

  /** Whether another block may join. */
  hasRoomFor({ payload }: Block): boolean {
    return this.appends.length < maxBlocks && this.#bytes + payload.length <= maxBytes
  }

  /** Adds a call. @returns its place. */
  add(append: PendingAppend): number {
    this.#bytes += append.block.payload.length
    return this.appends.push(append) - 1
  }
}
