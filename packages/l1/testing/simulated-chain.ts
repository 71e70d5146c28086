import { bytesEqual, err, hash32, ok, type Hash32, type Result } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'
import type { L1Client } from '../src/client/l1-client.js'
import type { BlockTag, L1Block, L1Log, LogFilter, LogPlace } from '../src/client/l1-types.js'
import { refused, unavailable, type L1Error } from '../src/l1-error.js'

/** The contract that emits the events of a {@link SimulatedChain}. */
export const simulatedEmitter: Address = address(new Uint8Array(20).fill(0xee))

/** A block and what happened in it. */
export interface SimulatedBlock {
  readonly block: L1Block
  readonly logs: readonly L1Log[]
}

/**
 * A chain in memory: blocks with events, reorgs, tags. Immutable parts, so that a copy of `blocks` is a snapshot. Each block
 * is unlike all others, also those of the same number.
 */
export class SimulatedChain {
  /** All blocks, from number 0 on. */
  blocks: readonly SimulatedBlock[] = []
  /** Numbers of the tagged blocks; −1: none yet. */
  safe = -1
  finalized = -1
  #made = 0

  constructor() {
    this.mine(0)
  }

  /** Appends a block with so many events. */
  mine(events: number): void {
    const number = BigInt(this.blocks.length)
    const parentHash = this.blocks.at(-1)?.block.hash ?? hash32(new Uint8Array(32))
    const made = ++this.#made
    const hash = unlike('block', made)
    const timestamp = 1_700_000_000n + 12n * number
    const block = { number, hash, parentHash, timestamp, baseFeePerGas: 1_000_000_000n }
    const logs = Array.from({ length: events }, (_, logIndex): L1Log => ({
      address: simulatedEmitter,
      topics: [unlike('topic', 0)],
      data: unlike('data', made, logIndex),
      blockNumber: number,
      blockHash: hash,
      transactionHash: unlike('transaction', made, logIndex),
      transactionIndex: logIndex,
      logIndex,
    }))
    this.blocks = [...this.blocks, { block, logs }]
  }

  /** Takes away the last `depth` blocks; mine others in their place. Tags do not move. */
  drop(depth: number): void {
    this.blocks = this.blocks.slice(0, this.blocks.length - depth)
  }
}

/** What a chain looked like at one time. */
export type ChainView = Pick<SimulatedChain, 'blocks' | 'safe' | 'finalized'>

/** The block of a number or tag in a view. */
export function blockOfView(view: ChainView, at: bigint | BlockTag): L1Block | undefined {
  const index = { latest: view.blocks.length - 1, safe: view.safe, finalized: view.finalized }
  return view.blocks[typeof at === 'bigint' ? Number(at) : index[at]]?.block
}

/** The logs of a place in a view; `undefined` if it has not the block that was asked for. */
export function logsOfView(view: ChainView, at: LogPlace): readonly L1Log[] | undefined {
  if ('block' in at) {
    const found = view.blocks.find(({ block }) => bytesEqual(block.hash, at.block.hash))
    return found?.logs
  }
  return view.blocks.slice(Number(at.fromBlock), Number(at.toBlock) + 1).flatMap(({ logs }) => logs)
}

/** Options of {@link simulatedClient}. */
export interface SimulatedClientOptions {
  /** What the next question sees; default: the chain as it is. */
  readonly view?: () => ChainView
  /** The error of the next question, if any. */
  readonly fault?: (method: 'block' | 'logs') => L1Error | undefined
  /** More blocks at once are refused; default: any number will do. */
  readonly maxRangeBlocks?: number
}

/** A client of a {@link SimulatedChain}: blocks and logs; it refuses all else. */
export function simulatedClient(chain: SimulatedChain, o: SimulatedClientOptions = {}): L1Client {
  const view = o.view ?? (() => chain)
  const unsupported = async (): Promise<Result<never, L1Error>> =>
    err(refused('UNSUPPORTED', 'the simulated chain has only blocks and logs'))
  return {
    chainId: 1337n,
    async block(at) {
      const fault = o.fault?.('block')
      if (fault !== undefined) return err(fault)
      if (typeof at !== 'object') return ok(blockOfView(view(), at))
      return ok(view().blocks.find(({ block }) => bytesEqual(block.hash, at.hash))?.block)
    },
    async logs(_: LogFilter, place) {
      const fault = o.fault?.('logs')
      if (fault !== undefined) return err(fault)
      if (!('block' in place) && place.toBlock - place.fromBlock >= (o.maxRangeBlocks ?? Infinity))
        return err(refused('TOO_LARGE', 'too many blocks'))
      const logs = logsOfView(view(), place)
      return logs === undefined ? err(unavailable('unknown block')) : ok(logs)
    },
    receipt: unsupported,
    transaction: unsupported,
    transactionBySenderAndNonce: unsupported,
    transactionCount: unsupported,
    balance: unsupported,
    estimateGas: unsupported,
    fees: unsupported,
    call: unsupported,
    sendRawTransaction: unsupported,
  }
}

const kinds = { block: 1, data: 2, topic: 3, transaction: 4 }

/** 32 bytes that no other kind, number or index has. */
function unlike(kind: keyof typeof kinds, n: number, index = 0): Hash32 {
  const bytes = new Uint8Array(32).fill(kinds[kind])
  const view = new DataView(bytes.buffer)
  view.setUint32(0, n)
  view.setUint32(4, index)
  return hash32(bytes)
}
