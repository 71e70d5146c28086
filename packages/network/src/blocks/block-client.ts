import type { Ctx } from '@zkstack/concurrency'
import { decodeBlock, type Block } from '@zkstack/roles'
import { decodeGetBlockResponse, encodeGetBlockRequest } from '../codec.js'
import { NetworkError } from '../errors.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'

interface Call {
  readonly number: bigint
  readonly deadline: number
  resolve(block: Block | undefined): void
  reject(error: Error): void
}

/** Asks one peer for blocks over one stream; answers come in the order of the requests. */
export class BlockClient {
  readonly #stream: FrameStream
  readonly #timeoutMs: number
  readonly #calls: Call[] = []
  #wake: () => void = () => undefined

  constructor(stream: FrameStream, o: { readonly timeoutMs: number }) {
    this.#stream = stream
    this.#timeoutMs = o.timeoutMs
  }

  /**
   * The peer's block of that height, undecided whether it is a right one; undefined when the peer does not have it.
   * @throws NetworkError when the connection ends first.
   */
  async fetch(ctx: Ctx, number: bigint): Promise<Block | undefined> {
    const answer = new Promise<Block | undefined>((resolve, reject) => {
      this.#calls.push({ number, deadline: ctx.clock.now() + this.#timeoutMs, resolve, reject })
    })
    answer.catch(() => undefined)
    this.#wake()
    await ctx.race(this.#stream.send(encodeGetBlockRequest(number)))
    return ctx.race(answer)
  }

  /**
   * Receives the answers until the peer ends. What goes wrong here is the peer's fault, and `peer.misbehaved`
   * or the thrown error ends the connection.
   * @throws NetworkError `NETWORK_TIMEOUT`, `NETWORK_STREAM_RESET`; DecodeError.
   */
  async run(ctx: Ctx, peer: Peer): Promise<void> {
    try {
      for (;;) {
        const call = await this.#nextCall(ctx)
        const block = await this.#answer(ctx, call)
        this.#calls.shift()
        if (block && block.number !== call.number) {
          peer.misbehaved('WRONG_BLOCK', `block ${block.number} instead of ${call.number}`)
          return
        }
        call.resolve(block)
      }
    } finally {
      const error = new NetworkError('NETWORK_CLOSED', 'the connection has ended')
      for (const call of this.#calls.splice(0)) call.reject(error)
    }
  }

  async #nextCall(ctx: Ctx): Promise<Call> {
    for (;;) {
      const call = this.#calls[0]
      if (call) return call
      await ctx.race(new Promise<void>((resolve) => (this.#wake = resolve)))
    }
  }

  async #answer(ctx: Ctx, call: Call): Promise<Block | undefined> {
    using patience = ctx.child({ deadline: call.deadline })
    try {
      const frame = await patience.race(this.#stream.receive())
      if (!frame)
        throw new NetworkError('NETWORK_STREAM_RESET', 'the peer ended the stream of blocks')
      const bytes = decodeGetBlockResponse(frame)
      return bytes && decodeBlock(bytes, { ownsBytes: true })
    } catch (e) {
      ctx.throwIfCanceled()
      if (!patience.canceled) throw e
      throw new NetworkError(
        'NETWORK_TIMEOUT',
        `no answer for block ${call.number} in ${this.#timeoutMs} ms`,
      )
    }
  }
}
