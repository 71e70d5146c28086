import { bytesEqual, err, hash32, ok, type Hash32, type Result } from '@zkstack/crypto'
import { highestFinal, type FinalityPolicy, type L1Client, type L1Error } from '@zkstack/l1'
import {
  ZERO_HASH,
  type Address,
  type CallOptions,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import { toEventSelector } from 'viem'
import type { L1Observation } from '../certificates/network-state.js'
import type { L1Observer } from '../runner/ports.js'
import { hashOf } from './bytes-of.js'
import { findLog } from './find-log.js'
import { readRollup } from './rollup-reader.js'

/** What {@link L1ObserverOnL1} needs. */
export interface L1ObserverOptions {
  readonly client: L1Client
  readonly rollupManager: Address
  readonly deploymentBlock?: bigint | undefined
  /** Which block is looked at; default: the safe one. */
  readonly finality?: FinalityPolicy | undefined
  /** How far back the transaction that settled last is looked for, in blocks; default 100 000. */
  readonly maxLookback?: bigint | undefined
}

const settledSelector = hashOf(
  toEventSelector(
    'event VerifyPessimisticStateTransition(uint32 indexed, bytes32, bytes32, bytes32, bytes32, bytes32, address indexed)',
  ),
)

/** Sees what L1 holds for a network by the contract's state, and by its events who brought it there. */
export class L1ObserverOnL1 implements L1Observer {
  readonly #o: L1ObserverOptions

  constructor(o: L1ObserverOptions) {
    this.#o = o
  }

  async observe(networkId: NetworkId, o: CallOptions): Promise<Result<L1Observation, L1Error>> {
    const { client, finality = { tag: 'safe', confirmations: 1 } as const } = this.#o
    const nothing: L1Observation = { pessimisticRoot: ZERO_HASH, txHash: undefined }
    const head = await client.block(finality.tag, o)
    if (!head.ok) return head
    // A node that has just started knows no tag, which says nothing of what was settled.
    if (head.value === undefined) return noSuchBlock(finality)
    const at = highestFinal(finality, head.value.number)
    if (at === undefined) return ok(nothing)
    const rollup = await readRollup(this.#o, networkId, at, o)
    if (!rollup.ok) return rollup
    const root = rollup.value?.lastPessimisticRoot ?? ZERO_HASH
    if (bytesEqual(root, ZERO_HASH)) return ok(nothing)
    const transaction = await this.#settlementOf(networkId, root, at, o)
    return transaction.ok ? ok({ pessimisticRoot: root, txHash: transaction.value }) : transaction
  }

  /** Looks for the event of a settlement from the newest block back. */
  async #settlementOf(
    networkId: NetworkId,
    root: Hash32,
    last: bigint,
    o: CallOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>> {
    const { client, rollupManager, deploymentBlock = 0n, maxLookback = 100_000n } = this.#o
    const lowest = last - maxLookback > deploymentBlock ? last - maxLookback : deploymentBlock
    const settled = await findLog(
      client,
      {
        filter: { addresses: [rollupManager], topics: [[settledSelector], [wordOf(networkId)]] },
        ...{ fromBlock: lowest, toBlock: last, first: 'newest' },
        pick: (logs) => logs.findLast(({ data }) => bytesEqual(data.subarray(32, 64), root)),
      },
      o,
    )
    return settled.ok ? ok(settled.value?.transactionHash) : settled
  }
}

function noSuchBlock({ tag }: FinalityPolicy): Result<never, L1Error> {
  return err({ code: 'UNAVAILABLE', message: `L1 has no ${tag} block`, retry: true })
}

function wordOf(value: number): Hash32 {
  const word = new Uint8Array(32)
  new DataView(word.buffer).setUint32(28, value)
  return hash32(word)
}
