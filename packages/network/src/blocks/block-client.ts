import type { Ctx } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import { decodeBlock, payloadPartBytes, type Block } from '@zkstack/roles'
import { decodeGetBlocksResponse, encodeGetBlocksRequest, type AnnouncedRange } from '../codec.js'
import { NetworkError } from '../errors.js'
import { TAKEN } from '../parts/part-frame.js'
import type { Peer } from '../peers/peer.js'
import { receiveAnswer } from '../receive-answer.js'
import type { FrameStream } from '../transport/network-transport.js'
import { turnOf } from '../turn-of.js'

/** What a peer answers to a request for blocks. */
export interface BlocksAnswer {
  /** From the first one asked for on, without a gap; fewer than asked for when more do not fit, or are not there. */
  readonly blocks: readonly Block[]
  /** What the peer has now: `first` above the height asked for means that it has pruned it. */
  readonly range: AnnouncedRange
}

/** Bounds of a {@link BlockClient}. */
export interface BlockClientOptions {
  /** Longest silence on a request. */
  readonly timeoutMs: number
  /** Most that an answer may hold. */
  readonly maxAnswerBytes: number
}

/** A block that is a smaller part of its frame does not keep it. */
const MOST_NEIGHBOURS = 4

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
  readonly #maxAnswerBytes: number
  readonly #calls: Call[] = []
  #lastFrame = 0
  #wake: () => void = () => undefined

  constructor(stream: FrameStream, o: BlockClientOptions) {
    this.#stream = stream
    this.#timeoutMs = o.timeoutMs
    this.#maxAnswerBytes = o.maxAnswerBytes
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
    const blocks: Block[] = []
    for (let bytes = 0; ;) {
      const frame = await this.#receive(ctx, call)
      const response = decodeGetBlocksResponse(frame)
      for (const block of response.blocks) {
        // blocks come and go with their neighbours; a short one that stays would keep much that is not its own
        const ownsBytes = block.length * MOST_NEIGHBOURS >= frame.length
        blocks.push(decodeBlock(block, { ownsBytes }))
      }
      bytes += frame.length + response.large
      const isTooMuch = bytes > this.#maxAnswerBytes || blocks.length > call.count
      if (isTooMuch) throw new DecodeError('OUT_OF_RANGE', 'more blocks than were asked for')
      if (response.large > 0) blocks.push(await this.#largeBlock(ctx, call, response.large))
      if (!response.more) return { blocks, range: response.range }
      await ctx.race(turnOf(ctx.clock)())
    }
  }

  /** A block that comes in parts, with a turn for others after each. */
  async #largeBlock(ctx: Ctx, call: Call, size: number): Promise<Block> {
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size;) {
      const part = await this.#receive(ctx, call)
      if (part.length !== Math.min(payloadPartBytes, size - at))
        throw new DecodeError('BAD_LENGTH', `a part of ${part.length} bytes`)
      await ctx.race(this.#stream.send(TAKEN))
      bytes.set(part, at)
      at += part.length
      this.#stream.release?.(part)
      await ctx.race(turnOf(ctx.clock)())
    }
    return decodeBlock(bytes, { ownsBytes: true })
  }

  /** The next frame of an answer, in good time. */
  async #receive(ctx: Ctx, call: Call): Promise<Uint8Array> {
    const frame = await receiveAnswer(ctx, this.#stream, {
      topic: 'blocks',
      asked: `for block ${call.first}`,
      timeoutMs: this.#timeoutMs,
      // an answer may queue behind those to earlier requests
      since: Math.max(call.since, this.#lastFrame),
    })
    this.#lastFrame = ctx.clock.now()
    return frame
  }
}

/** What is wrong with an answer, if the blocks are not those asked for. */
function wrongBlock({ first, count }: Call, { blocks }: BlocksAnswer): string | undefined {
  if (blocks.length > count) return `${blocks.length} blocks instead of ${count}`
  const at = blocks.findIndex(({ number }, i) => number !== first + BigInt(i))
  return at < 0 ? undefined : `block ${blocks[at]?.number} instead of ${first + BigInt(at)}`
}
