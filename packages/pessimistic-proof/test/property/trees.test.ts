import { describe, expect, test } from 'vitest'
import { hash32, type Hash32 } from '@zkstack/crypto'
import {
  BalanceTree,
  balanceKey,
  balancePathRoot,
  LocalExitTree,
  LocalExitTreeData,
  NullifierTree,
  nullifierKey,
  RollupExitTree,
  SparseMerkleTree,
  updatedBalanceRoot,
  updatedNullifierRoot,
  verifyInclusion,
  type GlobalIndex,
  type TokenInfo,
} from '../../src/index.js'
import type { SeededBytes } from '../../testing/index.js'
import { naiveRoot, naiveSiblings, wayOfIndex, wayOfKey } from '../helpers/naive-tree.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

printSeedOnFailure()

/** Networks and indices that share long prefixes often. */
function randomIndex(random: SeededBytes): GlobalIndex {
  const leafIndex = random.pick([random.below(4), random.below(2 ** 32), 2 ** 31, 2 ** 32 - 1])
  const network = random.pick([0, 1, 2, random.below(2 ** 32), 2 ** 32 - 1])
  return { mainnetFlag: network === 0, rollupIndex: Math.max(network - 1, 0), leafIndex }
}

function randomToken(random: SeededBytes, known: readonly TokenInfo[]): TokenInfo {
  const near = known.length > 0 && random.below(2) === 0 ? random.pick(known) : undefined
  if (near === undefined) {
    return { originNetwork: random.below(3), originTokenAddress: random.address() }
  }
  const bytes = near.originTokenAddress.slice() as TokenInfo['originTokenAddress']
  bytes[random.below(20)] = random.below(256)
  return { originNetwork: near.originNetwork, originTokenAddress: bytes }
}

describe('a local exit tree', () => {
  test('after any number of leaves › agrees with the definition, in both forms', () => {
    const random = testRandom('exit tree')
    const leaves = new Map<string, Hash32>()
    const data = new LocalExitTreeData()
    let tree = LocalExitTree.empty
    const roots = [tree.root]
    for (let count = 1; count <= 24; count++) {
      const leaf = random.hash()
      expect(valueOf(data.append(leaf))).toBe(count - 1)
      tree = valueOf(tree.append(leaf))
      leaves.set(wayOfIndex(count - 1), leaf)
      roots.push(naiveRoot(leaves, 32))
      expect(tree.root).toEqual(roots[count])
      expect(data.root).toEqual(roots[count])
    }
    for (let count = 0; count <= 24; count++) {
      expect(valueOf(data.rootAt(count))).toEqual(roots[count])
      for (let index = 0; index < count; index++) {
        const proof = valueOf(data.proof(index, count))
        expect(proof.root).toEqual(roots[count])
        expect(verifyInclusion(data.leaf(index) as Hash32, index, proof)).toBe(true)
      }
    }
    const way = wayOfIndex(13)
    expect(valueOf(data.proof(13)).siblings).toEqual(naiveSiblings(leaves, way).toReversed())
  })

  test('of rollups › agrees with the definition for any indices', () => {
    const random = testRandom('rollup exit tree')
    const leaves = new Map<string, Hash32>()
    let tree = RollupExitTree.empty
    for (let i = 0; i < 25; i++) {
      const index = random.pick([i, random.below(2 ** 32)])
      const root = random.hash()
      tree = tree.update(index, root)
      leaves.set(wayOfIndex(index), root)
      expect(tree.root).toEqual(naiveRoot(leaves, 32))
      const proof = valueOf(tree.proof(index))
      expect(verifyInclusion(root, index, proof)).toBe(true)
    }
  })
})

describe('a nullifier tree', () => {
  test('after any claims › agrees with the definition, its paths lead to the next root', () => {
    const random = testRandom('nullifier tree')
    const leaves = new Map<string, Hash32>()
    const claimed = hash32(new Uint8Array(32).fill(1, 0, 1))
    let tree = NullifierTree.empty
    for (let i = 0; i < 40; i++) {
      const index = randomIndex(random)
      const way = wayOfKey(nullifierKey(index))
      if (leaves.has(way)) {
        expect(errorOf(tree.insert(index)).code).toBe('KeyAlreadyPresent')
        expect(errorOf(tree.nonInclusionPath(index)).code).toBe('KeyPresent')
        continue
      }
      const path = valueOf(tree.nonInclusionPath(index))
      expect(path).toEqual(naiveSiblings(leaves, way).slice(0, path.length))
      const full = naiveSiblings(leaves, way)
      const before = tree.root
      tree = valueOf(tree.insert(index))
      leaves.set(way, claimed)
      expect(tree.root).toEqual(naiveRoot(leaves, 64))
      expect(updatedNullifierRoot(before, index, path)).toEqual(tree.root)
      expect(updatedNullifierRoot(before, index, full)).toEqual(tree.root)
      if (i > 0) {
        expect(updatedNullifierRoot(before, index, path.slice(0, -1))).toBeUndefined()
        const wrong = path.with(random.below(path.length), random.hash())
        expect(updatedNullifierRoot(before, index, wrong)).toBeUndefined()
      }
    }
  })
})

describe('a balance tree', () => {
  test('after any changes › agrees with the definition, its paths lead to the next root', () => {
    const random = testRandom('balance tree')
    const balances = new Map<string, { token: TokenInfo; balance: bigint }>()
    const leaves = new Map<string, Hash32>()
    let tree = BalanceTree.empty
    for (let i = 0; i < 30; i++) {
      const known = [...balances.values()].map(({ token }) => token)
      const token =
        known.length > 0 && random.below(3) === 0 ? random.pick(known) : randomToken(random, known)
      const way = wayOfKey(balanceKey(token))
      const before = balances.get(way)?.balance ?? 0n
      const after = random.below(3) === 0 ? 0n : random.bigint()
      const path = tree.path(token)
      expect(path).toEqual(naiveSiblings(leaves, way).toReversed())
      expect(balancePathRoot(token, before, path)).toEqual(tree.root)
      const change = { token, before, after, path }
      const next = tree.update(token, after)
      expect(updatedBalanceRoot(tree.root, change)).toEqual(next.root)
      expect(updatedBalanceRoot(tree.root, { ...change, before: before + 1n })).toBeUndefined()
      tree = next
      if (after === 0n) {
        balances.delete(way)
        leaves.delete(way)
      } else {
        balances.set(way, { token, balance: after })
        leaves.set(way, hash32(Uint8Array.from(bigEndian(after))))
      }
      expect(tree.root).toEqual(naiveRoot(leaves, 192))
      expect(tree.balances().length).toBe(balances.size)
      expect(tree.get(token)).toBe(after)
    }
  })
})

describe('a sparse Merkle tree', () => {
  test('does not depend on the order of updates, and forgets what was removed', () => {
    const random = testRandom('order')
    const keys = Array.from({ length: 30 }, () => nullifierKey(randomIndex(random)))
    const entries = new Map(keys.map((key) => [wayOfKey(key), { key, value: random.hash() }]))
    const build = (order: readonly { key: Uint8Array; value: Hash32 }[]) =>
      order.reduce((tree, { key, value }) => tree.update(key, value), new SparseMerkleTree(64))
    const all = [...entries.values()]
    const tree = build(all)
    expect(build(all.toReversed()).root).toEqual(tree.root)
    const [first, ...rest] = all
    if (first === undefined) throw new Error('no keys')
    const removed = tree.update(first.key, hash32(new Uint8Array(32)))
    expect(removed.root).toEqual(build(rest).root)
    expect([...removed.entries()].length).toBe(rest.length)
    expect(tree.get(first.key)).toEqual(first.value)
  })
})

function bigEndian(value: bigint): number[] {
  return Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 0xffn))
}
