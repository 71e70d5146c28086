/** A network behind the bridge: an unsigned 32-bit number. 0 is Ethereum L1 ("mainnet"), rollups count from 1. */
export type NetworkId = number

/** The network id of Ethereum L1. */
export const MAINNET: NetworkId = 0

/** The one rollup index that does not exist: its network id, which is one more, would not fit 32 bits. */
export const INVALID_ROLLUP_INDEX = 0xffff_ffff
