import { bytesEqual, compareBytes, hash32, type Hash32 } from '@zkstack/crypto'
import { bigintFromBytes, bytesFromBigint } from '../codec/u256.js'
import { hashPair } from '../hashes/hash-pair.js'
import { Preimage } from '../hashes/preimage.js'
import { address } from '../types/address.js'
import type { TokenInfo } from '../types/bridge-exit.js'
import { bitAt, type SparseKey } from './sparse-key.js'
import { SparseMerkleTree } from './sparse-merkle-tree.js'

/** Depth of a balance tree: bits of a network id and of an address. */
export const BALANCE_TREE_DEPTH = 192

/**
 * What a network holds of every token that is not its own: a sparse Merkle tree of depth 192, from token to balance.
 * Immutable.
 * @see interop crates/unified-bridge/src/local_balance_tree.rs
 */
export class BalanceTree {
  /** The tree without balances. */
  static readonly empty = new BalanceTree(new SparseMerkleTree(BALANCE_TREE_DEPTH))

  readonly tree: SparseMerkleTree

  constructor(tree: SparseMerkleTree) {
    this.tree = tree
  }

  /** The root. */
  get root(): Hash32 {
    return this.tree.root
  }

  /** A token's balance; 0 if it has none. */
  get(token: TokenInfo): bigint {
    const leaf = this.tree.get(balanceKey(token))
    return leaf === undefined ? 0n : bigintFromBytes(leaf)
  }

  /**
   * The tree with this balance instead.
   * @throws RangeError unless the balance is an unsigned 256-bit number.
   */
  update(token: TokenInfo, balance: bigint): BalanceTree {
    const tree = this.tree.update(balanceKey(token), balanceLeaf(balance))
    return tree === this.tree ? this : new BalanceTree(tree)
  }

  /** 192 siblings, from the leaf's up, that prove a token's balance, be it 0 or not. */
  path(token: TokenInfo): readonly Hash32[] {
    return this.tree.path(balanceKey(token))
  }

  /** Every token with a balance, by network and address. */
  balances(): readonly (readonly [TokenInfo, bigint])[] {
    return Array.from(
      this.tree.entries(),
      ([key, leaf]) => [tokenOfKey(key), bigintFromBytes(leaf)] as const,
    ).sort(([a], [b]) => compareTokens(a, b))
  }
}

/** A token's key: u32 LE origin network ‖ address, 24 bytes. */
export function balanceKey({ originNetwork, originTokenAddress }: TokenInfo): SparseKey {
  return new Preimage(24).u32le(originNetwork).bytes(originTokenAddress).finish()
}

/** The order of tokens: by network, then by address. */
export function compareTokens(a: TokenInfo, b: TokenInfo): number {
  if (a.originNetwork !== b.originNetwork) return a.originNetwork < b.originNetwork ? -1 : 1
  return compareBytes(a.originTokenAddress, b.originTokenAddress)
}

/** Root of the balance tree in which the token has this balance and `path`, from the leaf's sibling up, beside its way. */
export function balancePathRoot(
  token: TokenInfo,
  balance: bigint,
  path: readonly Hash32[],
): Hash32 | undefined {
  if (path.length !== BALANCE_TREE_DEPTH) return undefined
  const key = balanceKey(token)
  let hash = balanceLeaf(balance)
  let depth = BALANCE_TREE_DEPTH
  for (const sibling of path) {
    hash = bitAt(key, --depth) === 1 ? hashPair(sibling, hash) : hashPair(hash, sibling)
  }
  return hash
}

/** A balance's change with the proof of what it was. */
export interface BalanceChange {
  readonly token: TokenInfo
  readonly before: bigint
  readonly after: bigint
  readonly path: readonly Hash32[]
}

/** The balance root after a change; `undefined` if `path` does not prove the balance before under `root`. */
export function updatedBalanceRoot(root: Hash32, change: BalanceChange): Hash32 | undefined {
  const proven = balancePathRoot(change.token, change.before, change.path)
  if (proven === undefined || !bytesEqual(proven, root)) return undefined
  if (change.before === change.after) return root
  return balancePathRoot(change.token, change.after, change.path)
}

/** A balance's leaf: 32 bytes, big-endian. */
function balanceLeaf(balance: bigint): Hash32 {
  return hash32(bytesFromBigint(balance))
}

function tokenOfKey(key: SparseKey): TokenInfo {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  return { originNetwork: view.getUint32(0, true), originTokenAddress: address(key.slice(4)) }
}
