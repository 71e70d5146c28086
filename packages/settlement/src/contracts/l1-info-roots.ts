import { Ctx, realClock, type Clock } from '@zkstack/concurrency'
import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { highestFinal, type FinalityPolicy, type L1Client, type L1Error } from '@zkstack/l1'
import { ZERO_HASH, type Address, type CallOptions } from '@zkstack/pessimistic-proof'
import {
  decodeAbiParameters,
  decodeFunctionResult,
  encodeFunctionData,
  parseAbiParameters,
  toEventSelector,
} from 'viem'
import type { L1InfoRoot } from '../certifier/l1-contracts.js'
import { globalExitRootManagerAbi as abi } from './abis.js'
import { hashOf, hexOf } from './bytes-of.js'
import { findLog } from './find-log.js'
import { readContract, type ReadAt } from './read-contract.js'

/** What {@link L1InfoRoots} needs. */
export interface L1InfoRootsOptions {
  readonly client: L1Client
  readonly globalExitRootManager: Address
  readonly deploymentBlock?: bigint | undefined
  /** When a root counts; default: when its block is finalized. */
  readonly finality?: FinalityPolicy | undefined
  /** How long to wait for a root that is not final yet; default 30 minutes. */
  readonly timeoutMs?: number | undefined
  /** How often to look meanwhile; default 10 seconds. */
  readonly pollIntervalMs?: number | undefined
  readonly clock?: Clock | undefined
}

const initData = parseAbiParameters('uint32 leafCount, bytes32 currentL1InfoRoot')
const initSelector = hashOf(toEventSelector('event InitL1InfoRootMap(uint32, bytes32)'))

/** The roots of the L1 info tree, as the contract has them. */
export class L1InfoRoots {
  readonly #o: L1InfoRootsOptions
  #initial: L1InfoRoot | undefined

  constructor(o: L1InfoRootsOptions) {
    this.#o = o
  }

  /**
   * The root with so many leaves, once it is final: the very value that L1 takes for a settlement. Waits for it; `undefined`: not
   * in time.
   */
  async rootOf(leafCount: number, o: CallOptions): Promise<Result<Hash32 | undefined, L1Error>> {
    const { timeoutMs = 30 * 60_000, pollIntervalMs = 10_000, clock = realClock } = this.#o
    using ctx = Ctx.root({ clock, signal: o.signal })
    const deadline = clock.now() + timeoutMs
    for (;;) {
      const root = await this.#finalRoot(leafCount, o)
      if (!root.ok || root.value !== undefined || clock.now() >= deadline) return root
      await ctx.sleep(Math.min(pollIntervalMs, Math.max(1, deadline - clock.now())))
    }
  }

  /** The root that the contract began with, by the event of its deployment. */
  async initial({ signal }: CallOptions): Promise<Result<L1InfoRoot, L1Error>> {
    if (this.#initial !== undefined) return ok(this.#initial)
    const { client, globalExitRootManager, deploymentBlock = 0n } = this.#o
    const head = await client.block('latest', { signal })
    if (!head.ok) return head
    const found = await findLog(
      client,
      {
        filter: { addresses: [globalExitRootManager], topics: [[initSelector]] },
        ...{ fromBlock: deploymentBlock, toBlock: head.value?.number ?? 0n, first: 'oldest' },
        pick: ([log]) => log,
      },
      { signal },
    )
    if (!found.ok) return found
    if (found.value === undefined) return notInitialised('no event')
    const [leafCount, text] = decodeAbiParameters(initData, hexOf(found.value.data))
    const root = hashOf(text)
    if (bytesEqual(root, ZERO_HASH)) return notInitialised('a zero root')
    // It is kept, hence not believed from one answer.
    const confirmed = await this.#rootAt(leafCount, 'latest', { signal })
    if (!confirmed.ok) return confirmed
    if (confirmed.value === undefined || !bytesEqual(confirmed.value, root))
      return notInitialised('another root')
    this.#initial = { root, leafCount }
    return ok(this.#initial)
  }

  async #finalRoot(
    leafCount: number,
    o: CallOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>> {
    const { client, finality = { tag: 'finalized', confirmations: 1 } as const } = this.#o
    const head = await client.block(finality.tag, o)
    if (!head.ok) return head
    const at = head.value === undefined ? undefined : highestFinal(finality, head.value.number)
    if (at === undefined) return ok(undefined)
    const root = await this.#rootAt(leafCount, at, o)
    if (!root.ok || root.value === undefined) return root
    return ok(bytesEqual(root.value, ZERO_HASH) ? undefined : root.value)
  }

  async #rootAt(
    leafCount: number,
    at: ReadAt,
    o: CallOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>> {
    const { client, globalExitRootManager: to } = this.#o
    const functionName = 'l1InfoRootMap'
    return readContract(
      client,
      {
        to,
        calldata: encodeFunctionData({ abi, functionName, args: [leafCount] }),
        decode: (data) => hashOf(decodeFunctionResult({ abi, functionName, data })),
      },
      at,
      o,
    )
  }
}

function notInitialised(what: string): Result<never, L1Error> {
  const message = `the global exit root manager has ${what} of its L1 info tree's beginning`
  return err({ code: 'INCONSISTENT', message, retry: true })
}
