import type { Ctx } from '@zkstack/concurrency'
import { decodeBlock, type Block } from '@zkstack/roles'
import { decodeGetBlocksResponse, encodeGetBlocksRequest, type AnnouncedRange } from '../codec.js'
import { NetworkError } from '../errors.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'

/** What a peer answers to a request for blocks. */
export interface BlocksAnswer {
  /** From the first one asked for on, without a gap; fewer than asked for when more do not fit, or are not there. */
  readonly blocks: readonly Block[]
  /** What the peer has now: `first` above the height asked for means that it has pruned it. */
  readonly range: AnnouncedRange
}

interface Call {
  readonly first: bigint
  readonly count: number
  readonly since: number
  resolve(answer: BlocksAnswer): void
  reject(error: Error): void
}

/** Asks one peer for blocks over one stream; answers come in the order of the requests. */
export class BlockClient {
  readonly #stream: FrameStream
  readonly #timeoutMs: number
  readonly #calls: Call[] = []
  #lastAnswer = 0
  #wake: () => void = () => undefined

  constructor(stream: FrameStream, o: { readonly timeoutMs: number }) {
    this.#stream = stream
    this.#timeoutMs = o.timeoutMs
  }

  /**
   * The peer's blocks from a height on, undecided whether they are right ones.
   * @throws NetworkError when the connection ends first.
   */
  async fetch(ctx: Ctx, first: bigint, count: number): Promise<BlocksAnswer> {
    const answer = new Promise<BlocksAnswer>((resolve, reject) => {
      this.#calls.push({ first, count, since: ctx.clock.now(), resolve, reject })
    })
    answer.catch(() => undefined)
    this.#wake()
    await ctx.race(this.#stream.send(encodeGetBlocksRequest({ first, count })))
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
        const answer = await this.#answer(ctx, call)
        this.#calls.shift()
        this.#lastAnswer = ctx.clock.now()
        const wrong = wrongBlock(call, answer)
        if (wrong !== undefined) {
          peer.misbehaved('WRONG_BLOCK', wrong)
          return
        }
        call.resolve(answer)
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

  async #answer(ctx: Ctx, call: Call): Promise<BlocksAnswer> {
    // an answer may queue behind those to earlier requests
    const deadline = Math.max(call.since, this.#lastAnswer) + this.#timeoutMs
    using patience = ctx.child({ deadline })
    try {
      const frame = await patience.race(this.#stream.receive())
      if (!frame)
        throw new NetworkError('NETWORK_STREAM_RESET', 'the peer ended the stream of blocks')
      const { blocks, range } = decodeGetBlocksResponse(frame)
      // a single block may keep its frame, one of several would keep all of them
      const ownsBytes = blocks.length === 1
      return { blocks: blocks.map((bytes) => decodeBlock(bytes, { ownsBytes })), range }
    } catch (e) {
      ctx.throwIfCanceled()
      if (!patience.canceled) throw e
      throw new NetworkError(
        'NETWORK_TIMEOUT',
        `no answer for block ${call.first} in ${this.#timeoutMs} ms`,
      )
    }
  }
}

/** What is wrong with an answer, if the blocks are not those asked for. */
function wrongBlock({ first, count }: Call, { blocks }: BlocksAnswer): string | undefined {
  if (blocks.length > count) return `${blocks.length} blocks instead of ${count}`
  const at = blocks.findIndex(({ number }, i) => number !== first + BigInt(i))
  return at < 0 ? undefined : `block ${blocks[at]?.number} instead of ${first + BigInt(at)}`
}
