import { concatBytes } from '@zkstack/crypto'
import type { ClaimedExit } from '@zkstack/settlement'
import { signTransaction } from '../transaction.js'
import type { ExitFields } from './bridge-fields.js'
import { encodeUint256 } from './uint256.js'

/** What every transaction of a sender has. */
interface Common {
  readonly chainId: bigint
  readonly nonce: bigint
  readonly fee: bigint
}

/**
 * Signs and encodes an exit: the amount, in gwei, leaves for an account of another network.
 * @param seed the sender's 32-byte Ed25519 secret
 */
export function signExit(
  { destNetwork, destAddress, ...rest }: Common & ExitFields & { readonly amount: bigint },
  seed: Uint8Array,
): Uint8Array {
  const exit = { destNetwork, destAddress }
  return signTransaction({ ...rest, to: new Uint8Array(0), exit }, seed)
}

/**
 * Signs and encodes a claim of ether that left another network for the sender.
 * @param seed the sender's 32-byte Ed25519 secret
 */
export function signClaim(
  { claimed, ...rest }: Common & { readonly claimed: ClaimedExit },
  seed: Uint8Array,
): Uint8Array {
  const { bridgeExit, globalIndex, mainnetExitRoot, rollupExitRoot } = claimed
  const { mainnetFlag: mainnet, rollupIndex, leafIndex } = globalIndex
  const claim = {
    amount: encodeUint256(bridgeExit.amount),
    mainnet,
    rollupIndex: mainnet ? 0 : rollupIndex,
    leafIndex,
    localExitProof: concatBytes(...claimed.smtProofLocalExitRoot),
    rollupExitProof: mainnet ? new Uint8Array(0) : concatBytes(...claimed.smtProofRollupExitRoot),
    mainnetExitRoot,
    rollupExitRoot,
  }
  return signTransaction({ ...rest, to: new Uint8Array(0), amount: 0n, claim }, seed)
}
