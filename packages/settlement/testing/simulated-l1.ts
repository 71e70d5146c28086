import { bytesEqual, concatBytes, err, hash32, keccak256, ok, toHex } from '@zkstack/crypto'
import type { Hash32, Result } from '@zkstack/crypto'
import type { JobId, JobResult, L1Error } from '@zkstack/l1'
import { address, ZERO_HASH, type NetworkId } from '@zkstack/pessimistic-proof'
import type { L1Observation } from '../src/certificates/network-state.js'
import type { ReceiptState } from '../src/submission/replacement.js'

/** A change of a network's pessimistic root, as a settlement transaction asks for it. */
export interface RootChange {
  readonly networkId: NetworkId
  readonly from: Hash32
  readonly to: Hash32
}

/** A transaction on the simulated L1. */
export interface SimulatedTransaction extends RootChange {
  readonly hash: Hash32
  readonly outcome: 'success' | 'reverted'
}

/**
 * The part of L1 that certificates settle on: a pessimistic root for each network, which only a transaction changes that starts
 * from it. It outlives the processes of a test, and carries out each settlement job once.
 */
export class SimulatedL1 {
  readonly #roots = new Map<NetworkId, Hash32>()
  readonly #results = new Map<string, JobResult>()
  readonly transactions: SimulatedTransaction[] = []
  /** While set, nothing can be asked. */
  isDown = false
  /** While set, no job gets its result. */
  isStalled = false
  /** How many transactions from now on revert, whatever they ask for. */
  revertsLeft = 0

  /** The root of a network now. */
  root(networkId: NetworkId): Hash32 {
    return this.#roots.get(networkId) ?? ZERO_HASH
  }

  /** The root of a network before a transaction. */
  rootBefore(networkId: NetworkId, txHash: Hash32 | undefined): Hash32 {
    const transaction = this.transactions.find(
      ({ hash }) => txHash !== undefined && bytesEqual(hash, txHash),
    )
    return transaction?.from ?? this.root(networkId)
  }

  /** Executes a transaction, as anybody may send it. */
  execute(change: RootChange): SimulatedTransaction {
    const { networkId, from, to } = change
    const isForced = this.revertsLeft > 0
    if (isForced) this.revertsLeft--
    const outcome =
      !isForced && bytesEqual(this.root(networkId), from)
        ? ('success' as const)
        : ('reverted' as const)
    if (outcome === 'success') this.#roots.set(networkId, to)
    const hash = keccak256(concatBytes(from, to, Uint8Array.of(this.transactions.length)))
    const transaction = { ...change, hash, outcome }
    this.transactions.push(transaction)
    return transaction
  }

  /** The final result of a job, which is executed when first asked for. */
  settle(jobId: JobId, change: RootChange): JobResult {
    const key = toHex(jobId)
    const known = this.#results.get(key)
    if (known !== undefined) return known
    const { outcome, hash } = this.execute(change)
    const result: JobResult = {
      wallet: address(new Uint8Array(20)),
      nonce: BigInt(this.transactions.length),
      attemptNumber: 0,
      call: {
        outcome,
        transactionHash: hash,
        blockHash: ZERO_HASH,
        blockNumber: BigInt(this.transactions.length),
      },
    }
    this.#results.set(key, result)
    return result
  }

  /** The result of a job, if it has one. */
  resultOf(jobId: JobId): JobResult | undefined {
    return this.#results.get(toHex(jobId))
  }

  /** What a settlement node sees when it looks. */
  observe(networkId: NetworkId): Result<L1Observation, L1Error> {
    if (this.isDown)
      return err({ code: 'UNAVAILABLE', message: 'the simulated L1 is down', retry: true })
    const pessimisticRoot = this.root(networkId)
    const last = this.transactions.findLast(
      ({ to, outcome }) => outcome === 'success' && bytesEqual(to, pessimisticRoot),
    )
    return ok({ pessimisticRoot, txHash: last?.hash })
  }

  /** What became of a transaction. */
  receipt(txHash: Hash32): ReceiptState {
    if (this.isDown) return 'unknown'
    const found = this.transactions.find(({ hash }) => bytesEqual(hash, txHash))
    if (found === undefined) return 'unknown'
    return found.outcome === 'success' ? 'succeeded' : 'reverted'
  }
}

/** The calldata by which tests ask the simulated L1 for a change: u32 network ‖ from ‖ to. */
export function encodeChange({ networkId, from, to }: RootChange): Uint8Array {
  const id = new Uint8Array(4)
  new DataView(id.buffer).setUint32(0, networkId)
  return concatBytes(id, from, to)
}

/** Reads what {@link encodeChange} writes. */
export function decodeChange(calldata: Uint8Array): RootChange {
  return {
    networkId: new DataView(calldata.buffer, calldata.byteOffset).getUint32(0),
    from: hash32(calldata.slice(4, 36)),
    to: hash32(calldata.slice(36, 68)),
  }
}
