/** How epochs of L1 blocks are counted. */
export interface EpochConfiguration {
  /** The block at which epoch 0 begins: an unsigned 64-bit number. */
  readonly genesisBlock: bigint
  /** Blocks of an epoch: an unsigned 64-bit number, at least 1. */
  readonly epochDuration: bigint
}
