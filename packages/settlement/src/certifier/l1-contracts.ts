import type { Hash32, Result } from '@zkstack/crypto'
import type { L1Error } from '@zkstack/l1'
import type { Address, CallOptions, NetworkId } from '@zkstack/pessimistic-proof'

/** When L1 is read: `beforeTx`: as it was in the block before that transaction's; else as it is now. */
export interface ReadOptions extends CallOptions {
  readonly beforeTx?: Hash32 | undefined
}

/** A root of the L1 info tree, and how many leaves it had. */
export interface L1InfoRoot {
  readonly root: Hash32
  readonly leafCount: number
}

/** What L1's contracts say about a network. `undefined` where they know nothing of the kind. */
export interface L1Contracts {
  /** `rollupIDToRollupDataV2(networkId).lastPessimisticRoot` */
  lastPessimisticRoot(
    networkId: NetworkId,
    o: ReadOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>>
  /** `trustedSequencer()`, unless the operator names another signer. */
  trustedSequencer(
    networkId: NetworkId,
    o: ReadOptions,
  ): Promise<Result<Address | undefined, L1Error>>
  /** `getAggchainSigners()` and `getThreshold()` */
  aggchainSigners(
    networkId: NetworkId,
    o: ReadOptions,
  ): Promise<
    Result<
      { readonly signers: readonly Address[]; readonly threshold: bigint } | undefined,
      L1Error
    >
  >
  /** `getAggchainVKey(selector)`, of a selector of 32 bits */
  aggchainVkey(
    networkId: NetworkId,
    selector: number,
    o: ReadOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>>
  /** `getAggchainHash(customChainData)` */
  aggchainHash(
    networkId: NetworkId,
    customChainData: Uint8Array,
    o: ReadOptions,
  ): Promise<Result<Hash32 | undefined, L1Error>>
  /** The root with so many leaves, once it is final; `undefined` if it is not in time. */
  l1InfoRoot(leafCount: number, o: CallOptions): Promise<Result<Hash32 | undefined, L1Error>>
  /** What `InitL1InfoRootMap` set: for certificates that claim nothing. */
  initialL1InfoRoot(o: CallOptions): Promise<Result<L1InfoRoot, L1Error>>
}
