import type { IncomingMessage, ServerResponse } from 'node:http'
import { isCanceled, ZkStackError, type Clock } from '@zkstack/concurrency'
import type { ConsensusNode, Genesis } from '@zkstack/executor'
import {
  encodeBlock,
  encodeCommitQC,
  encodeEpochRecords,
  genesisToJson,
  type Block,
  type EpochRecord,
} from '@zkstack/roles'
import { BlockStream } from './block-stream.js'
import { RequestBudget } from './request-budget.js'

/** What light clients are served from. */
export interface ServedChain {
  readonly genesis: Genesis
  /** Where epochs are kept: `store.epochs`. Absent: the committee of the genesis rules for ever. */
  readonly epochs?: { get(epoch: bigint): Promise<EpochRecord | undefined> }
  /** Pages of these origins may read the answers, `*`: all pages. Default: only pages of the server itself. */
  readonly allowOrigins?: readonly string[]
}

/** What {@link ChainRoutes} takes. */
export interface ChainRoutesInit extends ServedChain {
  readonly node: Pick<ConsensusNode, 'blocks' | 'status' | 'waitForBlock'>
  readonly clock: Clock
}

/** Records of epochs in an answer, at most. */
const MAX_EPOCHS = 100

/** Requests of one address at once, and in a second; each 64 KiB of an answer count as one more. */
const BURST = 200
const PER_SECOND = 100
const COUNTED_BYTES = 64 * 1024

const MAX_ADDRESSES = 1_024

const protobuf = 'application/x-protobuf'

/** An answer that is not 200, by its status. */
class Refusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/**
 * Serves what a light client needs, all of which it can verify: `/genesis.json`, `/epochs?from=N`, `/blocks/N`, `/blocks/N/certificate`
 * (`latest` for N: the newest) and `/blocks/stream?from=N`, the certificates of blocks as they become final.
 */
export class ChainRoutes {
  readonly #o: ChainRoutesInit
  readonly #genesis: string
  readonly #budget: RequestBudget
  readonly #stream: BlockStream
  readonly #running = new Set<Promise<void>>()

  constructor(o: ChainRoutesInit) {
    this.#o = o
    this.#genesis = genesisToJson(o.genesis)
    const limits = { burst: BURST, perSecond: PER_SECOND, maxAddresses: MAX_ADDRESSES }
    this.#budget = new RequestBudget({ clock: o.clock, ...limits })
    this.#stream = new BlockStream(o.node)
  }

  /** Answers a GET or HEAD request; false when its path is none of these. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const target = `http://localhost${request.url ?? '/'}`
    if (!URL.canParse(target)) return false
    const url = new URL(target)
    if (!/^\/(genesis\.json|epochs|blocks\/.+)$/.test(url.pathname)) return false
    const running = this.#answer(url, request, response).finally(() =>
      this.#running.delete(running),
    )
    this.#running.add(running)
    return true
  }

  /** Ends streams, and waits until nothing is answered any more. */
  async stop(): Promise<void> {
    this.#stream.stop()
    await Promise.all(this.#running)
  }

  async #answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#allow(request, response)
    const address = request.socket.remoteAddress ?? ''
    try {
      this.#charge(address)
      // What waits behind another answer of the connection is in memory meanwhile, and the end of a stream there is never told.
      if (response.socket === null)
        throw new Refusal(400, 'ask again after the answer to the last one')
      if (url.pathname === '/blocks/stream') {
        const from = this.#streamFrom(url, request)
        await this.#stream.attach(response, { from, isHead: request.method === 'HEAD' })
        return
      }
      const { type, body } = await this.#body(url)
      this.#budget.spend(address, body.length / COUNTED_BYTES)
      response.writeHead(200, { ...common, 'content-type': type, 'content-length': body.length })
      response.end(request.method === 'HEAD' ? undefined : body)
    } catch (error) {
      if (response.headersSent) {
        response.destroy()
        return
      }
      const { status, message, headers } = refusalOf(error)
      response.writeHead(status, { ...common, ...headers, 'content-type': 'text/plain' })
      response.end(`${message}\n`)
    }
  }

  #allow({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
    const { allowOrigins = [] } = this.#o
    if (allowOrigins.includes('*')) response.setHeader('access-control-allow-origin', '*')
    else if (origin !== undefined && allowOrigins.includes(origin)) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('vary', 'origin')
    }
  }

  #charge(address: string): void {
    const waitMs = this.#budget.waitMs(address)
    if (waitMs > 0) {
      const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) }
      throw new Refusal(429, 'too many requests', headers)
    }
    this.#budget.spend(address, 1)
  }

  async #body({ pathname, searchParams }: URL): Promise<{ type: string; body: Uint8Array }> {
    if (pathname === '/genesis.json')
      return { type: 'application/json', body: new TextEncoder().encode(this.#genesis) }
    if (pathname === '/epochs') {
      const from = numberOf(searchParams.get('from') ?? '0')
      return { type: protobuf, body: encodeEpochRecords(await this.#epochs(from)) }
    }
    const found = /^\/blocks\/([^/]+)(\/certificate)?$/.exec(pathname)
    if (found === null) throw new Refusal(404, 'not here')
    const block = await this.#block(found[1] ?? '')
    if (found[2] === undefined) return { type: protobuf, body: encodeBlock(block) }
    if (block.kind === 'final') return { type: protobuf, body: encodeCommitQC(block.justification) }
    throw new Refusal(404, `block ${block.number} is from before genesis: it has no certificate`)
  }

  async #epochs(from: bigint): Promise<readonly EpochRecord[]> {
    const records: EpochRecord[] = []
    while (records.length < MAX_EPOCHS) {
      const record = await this.#o.epochs?.get(from + BigInt(records.length))
      if (record === undefined) break
      records.push(record)
    }
    return records
  }

  async #block(text: string): Promise<Block> {
    const { committed } = this.#o.node.status
    const number = text === 'latest' ? committed : numberOf(text)
    if (committed === undefined || number === undefined || number > committed)
      throw new Refusal(404, 'this block is not final yet')
    return this.#o.node.waitForBlock(number)
  }

  /** A reader that reconnects says what it saw last; default: the next block. */
  #streamFrom({ searchParams }: URL, { headers }: IncomingMessage): bigint {
    const seen = headers['last-event-id']
    if (typeof seen === 'string') return numberOf(seen) + 1n
    const from = searchParams.get('from')
    return from === null ? (this.#o.node.status.committed ?? -1n) + 1n : numberOf(from)
  }
}

const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function numberOf(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,18})$/.test(text)) return BigInt(text)
  throw new Refusal(400, 'expected a number')
}

function refusalOf(error: unknown): Pick<Refusal, 'status' | 'message' | 'headers'> {
  if (error instanceof Refusal) return error
  if (error instanceof ZkStackError && error.code === 'BLOCK_PRUNED')
    return new Refusal(410, error.message)
  const stopped = error instanceof ZkStackError && error.code === 'NODE_STOPPED'
  if (stopped || isCanceled(error)) return new Refusal(503, 'the node stops')
  return new Refusal(500, 'the node cannot read this')
}
