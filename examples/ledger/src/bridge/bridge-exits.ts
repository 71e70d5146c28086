import { hash32, keccak256, type Hash32 } from '@zkstack/crypto'
import type { Address, BridgeExit } from '@zkstack/pessimistic-proof'
import type { ClaimedExit } from '@zkstack/settlement'
import type { Transaction } from '../transaction.js'
import type { ClaimFields, ExitFields } from './bridge-fields.js'
import { decodeUint256 } from './uint256.js'

/** Wei in the ledger's smallest unit: amounts are in gwei, so that 64 bits hold all the ether there is. */
export const weiPerUnit = 10n ** 9n

/** Ether, the only token that the ledger knows: the zero address of network 0. */
const ether = { originNetwork: 0, originTokenAddress: new Uint8Array(20) as Address }

/** The account's address on other networks: the last 20 bytes of keccak256 of its public key. */
export function bridgeAddress(account: Uint8Array): Address {
  return keccak256(account).slice(12) as Uint8Array as Address
}

/** The leaf that an exit adds to the local exit tree. */
export function bridgeExitOf(amount: bigint, exit: ExitFields): BridgeExit {
  return {
    leafType: 'transfer',
    tokenInfo: ether,
    destNetwork: exit.destNetwork,
    destAddress: exit.destAddress as Address,
    amount: amount * weiPerUnit,
    metadata: undefined,
  }
}

/** What a claim says left another network for `from`. */
export function claimedExitOf(
  claim: ClaimFields,
  { networkId, from }: { readonly networkId: number; readonly from: Uint8Array },
): ClaimedExit {
  const { mainnet, rollupIndex, leafIndex } = claim
  return {
    bridgeExit: {
      leafType: 'transfer',
      tokenInfo: ether,
      destNetwork: networkId,
      destAddress: bridgeAddress(from),
      amount: decodeUint256(claim.amount),
      metadata: undefined,
    },
    globalIndex: { mainnetFlag: mainnet, rollupIndex, leafIndex },
    smtProofLocalExitRoot: digests(claim.localExitProof),
    smtProofRollupExitRoot: mainnet ? noProof : digests(claim.rollupExitProof),
    mainnetExitRoot: hash32(claim.mainnetExitRoot),
    rollupExitRoot: hash32(claim.rollupExitRoot),
  }
}

/** What brought or took ether in a block, in order. */
export function blockExitsOf(
  transactions: readonly Transaction[],
  networkId: number,
): { readonly bridgeExits: BridgeExit[]; readonly claims: ClaimedExit[] } {
  return {
    bridgeExits: transactions.flatMap(({ amount, exit }) =>
      exit === undefined ? [] : [bridgeExitOf(amount, exit)],
    ),
    claims: transactions.flatMap(({ from, claim }) =>
      claim === undefined ? [] : [claimedExitOf(claim, { networkId, from })],
    ),
  }
}

const noProof = Array.from({ length: 32 }, () => hash32(new Uint8Array(32)))

function digests(proof: Uint8Array): Hash32[] {
  return noProof.map((_, i) => hash32(proof.slice(32 * i, 32 * (i + 1))))
}
