import { address } from '../types/address.js'
import type { BridgeExit, TokenInfo } from '../types/bridge-exit.js'
import { MAINNET } from '../types/network-id.js'

/** Ether of L1. */
export const L1_ETH: TokenInfo = {
  originNetwork: MAINNET,
  originTokenAddress: address(new Uint8Array(20)),
}

/** The token that an exit's amount is of: a message carries ether, whatever token it names. */
export function amountTokenInfo(exit: BridgeExit): TokenInfo {
  return exit.leafType === 'message' ? L1_ETH : exit.tokenInfo
}
