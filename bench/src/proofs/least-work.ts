import type { Claim, MultiBatchHeader, NetworkState } from '@zkstack/pessimistic-proof'

/** What a transition cannot do without. */
export interface LeastWork {
  /** Permutations of keccak: a hash takes one for each 136 bytes that it has begun. */
  readonly keccaks: number
  readonly recoveries: number
}

/**
 * The least work that a transition takes, if no hash is made twice: all paths walked, leaves made, the exit tree appended to and its
 * root taken before and after, the commitment of the signature that fits, the pessimistic roots, the aggchain hash. Commitments
 * tried before the one that fits are counted with their recovery.
 * @param recoveries how many signatures have to be recovered
 */
export function leastWork(
  state: NetworkState,
  header: MultiBatchHeader,
  recoveries: number,
): LeastWork {
  const { bridgeExits, importedBridgeExits, balancesProofs } = header
  const imports = importedBridgeExits.reduce(
    (sum, { importedBridgeExit, nullifierPath }) =>
      sum + hashesOfClaim(importedBridgeExit.claimData) + nullifierPath.length + 64,
    0,
  )
  const exits = bridgeExits.length + hashesOfAppending(state.exitTree.leafCount, bridgeExits.length)
  const balances = balancesProofs.length * 2 * 192
  const commitments = recoveries * (permutations(64 * importedBridgeExits.length) + 2)
  const roots = 2 * 32 + 2
  return { keccaks: imports + exits + balances + commitments + roots + 2, recoveries }
}

/** A leaf, the leaf of the L1 info tree, and two or three paths of 32. */
function hashesOfClaim(claim: Claim): number {
  return 1 + 2 + (claim.type === 'mainnet' ? 2 : 3) * 32
}

/** One for every carry when a binary counter goes from `from` to `from + count`. */
function hashesOfAppending(from: number, count: number): number {
  return count - (ones(from + count) - ones(from))
}

function ones(value: number): number {
  return value.toString(2).replaceAll('0', '').length
}

function permutations(bytes: number): number {
  return Math.floor(bytes / 136) + 1
}
