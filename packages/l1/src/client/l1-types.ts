import type { Hash32 } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'

/** How final a block is; `finalized` blocks change only when Ethereum's own consensus breaks. */
export type BlockTag = 'latest' | 'safe' | 'finalized'

/** A block as others refer to it. */
export interface BlockRef {
  readonly number: bigint
  readonly hash: Hash32
}

/** A block's header, as far as it is needed. */
export interface L1Block extends BlockRef {
  readonly parentHash: Hash32
  /** Seconds since the Unix epoch. */
  readonly timestamp: bigint
  /** Wei for each unit of gas; 0 before EIP-1559. */
  readonly baseFeePerGas: bigint
}

/** An event that a contract emitted, at its place in the chain. */
export interface L1Log {
  readonly address: Address
  /** 0 to 4 words; the first is the event's selector unless it is anonymous. */
  readonly topics: readonly Hash32[]
  readonly data: Uint8Array
  readonly blockNumber: bigint
  readonly blockHash: Hash32
  readonly transactionHash: Hash32
  readonly transactionIndex: number
  /** Position within the block, over all its transactions. */
  readonly logIndex: number
}

/** What the inclusion of a transaction did. */
export interface L1Receipt {
  readonly transactionHash: Hash32
  readonly transactionIndex: number
  readonly blockNumber: bigint
  readonly blockHash: Hash32
  readonly status: 'success' | 'reverted'
  readonly from: Address
  /** `undefined`: the transaction created a contract. */
  readonly to: Address | undefined
  readonly contractAddress: Address | undefined
  readonly gasUsed: bigint
  /** Wei. */
  readonly effectiveGasPrice: bigint
  readonly logs: readonly L1Log[]
}

/** Where a transaction is in the chain. */
export interface MinedTransaction {
  readonly hash: Hash32
  readonly blockNumber: bigint
  readonly blockHash: Hash32
}

/** A transaction that a node knows, mined or not. */
export interface KnownTransaction {
  readonly hash: Hash32
  readonly sender: Address
  readonly nonce: bigint
}

/** Which logs: those of any of the addresses, whose topic at each position is one of those given (`null`: any). */
export interface LogFilter {
  /** At least one. */
  readonly addresses: readonly Address[]
  readonly topics?: readonly (readonly Hash32[] | null)[] | undefined
}

/** Where to look for logs: both bounds included, or in exactly one block. */
export type LogPlace =
  { readonly fromBlock: bigint; readonly toBlock: bigint } | { readonly block: BlockRef }

/** A call, or a transaction to estimate. */
export interface CallRequest {
  readonly from?: Address | undefined
  readonly to: Address
  readonly calldata: Uint8Array
  /** Wei; default 0. */
  readonly value?: bigint | undefined
}

/** What a transaction would have to pay now, in wei for each unit of gas. */
export interface FeeEstimate {
  /** Of the next block. */
  readonly baseFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  /** Twice the base fee and the priority fee: enough through about six full blocks. */
  readonly maxFeePerGas: bigint
}

/** An EIP-1559 transaction before its signature. */
export interface L1Transaction {
  readonly chainId: bigint
  readonly nonce: bigint
  readonly to: Address
  readonly calldata: Uint8Array
  /** Wei. */
  readonly value: bigint
  readonly gasLimit: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}
