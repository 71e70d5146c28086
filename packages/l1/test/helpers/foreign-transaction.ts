import type { Address } from '@zkstack/pessimistic-proof'
import {
  decodeSimulatedTransaction,
  encodeSimulatedTransaction,
  type SimulatedL1,
} from '@zkstack/l1/testing'

/** A transaction at a wallet's next nonce that no job made; no two are the same while blocks come. */
export function foreignTransaction(l1: SimulatedL1, sender: Address) {
  const bytes = encodeSimulatedTransaction(sender, {
    chainId: 1337n,
    nonce: l1.count(sender, l1.height),
    to: sender,
    calldata: new Uint8Array(),
    value: 0n,
    gasLimit: 21_000n,
    maxFeePerGas: l1.baseFeePerGas,
    maxPriorityFeePerGas: l1.height,
  })
  return decodeSimulatedTransaction(bytes)
}
