import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { isCanceled, ZkStackError } from '@zkstack/concurrency'
import type { Block, ConsensusNode } from '@zkstack/executor'
import { encodeCommitQC } from '@zkstack/roles'
import { STALL_MS } from './limited-server.js'

/** Streams that may be open at once. */
const MAX_STREAMS = 16

/**
 * Sends the certificates of final blocks as server-sent events: the id is the block's number, the data its `CommitQC` in base64. Each
 * reader has its own pace: the next block is read when it has taken the last.
 */
export class BlockStream {
  readonly #node: Pick<ConsensusNode, 'blocks'>
  /** One for each reader; aborted when it leaves or has to. */
  readonly #readers = new Set<AbortController>()
  readonly #stallMs: number
  #stopped = false

  /** @param stallMs how long a reader may take nothing while something waits for it */
  constructor(node: Pick<ConsensusNode, 'blocks'>, stallMs = STALL_MS) {
    this.#node = node
    this.#stallMs = stallMs
  }

  stop(): void {
    this.#stopped = true
    for (const reader of this.#readers) reader.abort()
  }

  /** Sends to one reader until it leaves, the node stops, or a block is pruned, which a last event `pruned` tells. */
  async attach(
    response: ServerResponse,
    o: { readonly from: bigint; readonly isHead: boolean },
  ): Promise<void> {
    if (this.#stopped || this.#readers.size >= MAX_STREAMS) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('too many streams are open\n')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    if (o.isHead) {
      response.end()
      return
    }
    const reader = new AbortController()
    this.#readers.add(reader)
    response.once('close', () => {
      reader.abort()
    })
    try {
      response.write('retry: 1000\n\n')
      await this.#send(response, o.from, reader.signal)
    } finally {
      this.#readers.delete(reader)
      response.end()
    }
  }

  async #send(response: ServerResponse, from: bigint, signal: AbortSignal): Promise<void> {
    try {
      // The next block may be long in coming; only a reader that stands still loses the connection.
      response.setTimeout(0)
      for await (const block of this.#node.blocks({ from, signal })) {
        if (response.write(eventOf(block))) continue
        response.setTimeout(this.#stallMs)
        await once(response, 'drain', { signal })
        response.setTimeout(0)
      }
    } catch (error) {
      if (signal.aborted || isCanceled(error)) return
      const pruned = error instanceof ZkStackError && error.code === 'BLOCK_PRUNED'
      response.write(`event: ${pruned ? 'pruned' : 'failed'}\ndata:\n\n`)
    }
  }
}

/** Blocks from before genesis have no certificate: they only count. */
function eventOf(block: Block): string {
  if (block.kind !== 'final') return `id: ${block.number}\n: before genesis\n\n`
  const certificate = Buffer.from(encodeCommitQC(block.justification)).toString('base64')
  return `id: ${block.number}\ndata: ${certificate}\n\n`
}
