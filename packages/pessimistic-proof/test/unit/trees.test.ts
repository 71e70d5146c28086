import { fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  address,
  BalanceTree,
  balancePathRoot,
  emptyHash,
  LocalExitTree,
  LocalExitTreeData,
  NullifierTree,
  RollupExitTree,
  SparseMerkleTree,
  updatedNullifierRoot,
  verifyInclusion,
  type GlobalIndex,
  type TokenInfo,
} from '../../src/index.js'
import { loadVector } from '../helpers/load-vector.js'
import { valueOf } from '../helpers/value-of.js'

const bytes = (text: string) => fromHex(text) ?? new Uint8Array(0)
const filled = (byte: number) => hash32(new Uint8Array(32).fill(byte))
const token = (originNetwork: number, text: string): TokenInfo => ({
  originNetwork,
  originTokenAddress: address(bytes(text)),
})
const eth = token(0, '00'.repeat(20))
const usdc = token(0, 'a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48')
const exitOf = (network: number, leafIndex: number): GlobalIndex => ({
  mainnetFlag: network === 0,
  rollupIndex: network === 0 ? 0 : network - 1,
  leafIndex,
})

/** How many nodes a subtree keeps. */
function nodesOf(node: SparseMerkleTree['top']): number {
  if (node === undefined) return 0
  return node.type === 'branch' ? 1 + nodesOf(node.left) + nodesOf(node.right) : 1
}

describe('empty trees', () => {
  test('of heights 0 to 192 › have the known roots', () => {
    const roots = JSON.parse(loadVector('empty-hashes.json')) as string[]
    expect(roots.length).toBe(193)
    for (const [height, root] of roots.entries()) {
      expect(toHex(emptyHash(height)), `height ${height}`).toBe(root.replace(/^0x/, ''))
    }
  })

  test('of another height › are refused', () => {
    for (const height of [-1, 193, 0.5, NaN]) expect(() => emptyHash(height)).toThrow(RangeError)
  })

  test('of every kind › have the empty root of their depth', () => {
    expect(LocalExitTree.empty.root).toEqual(emptyHash(32))
    expect(new LocalExitTreeData().root).toEqual(emptyHash(32))
    expect(RollupExitTree.empty.root).toEqual(emptyHash(32))
    expect(NullifierTree.empty.root).toEqual(emptyHash(64))
    expect(BalanceTree.empty.root).toEqual(emptyHash(192))
  })
})

describe('a local exit tree', () => {
  const leaves = [filled(1), filled(2), filled(3)]
  const root = 'b358f03f25ba8818ca8bcb192a971f29f023ae4d2b562d77292da2aedc622bae'

  test('of the known leaves › has the known root', () => {
    let tree = LocalExitTree.empty
    for (const leaf of leaves) tree = valueOf(tree.append(leaf))
    expect(toHex(tree.root)).toBe(root)
    expect(toHex(new LocalExitTreeData(leaves).root)).toBe(root)
  })

  test('of the leaves of the bridge contract’s tests › has their roots after each', () => {
    const exits = [
      'a4bfa0908dc7b06d98da4309f859023d6947561bc19bc00d77f763dea1a0b9f5',
      '315fee1aa202bf4a6bd0fde560c89be90b6e6e2aaf92dc5e8d118209abc3410f',
      'b598ce65aa15c08dda126a2985ba54f0559eaac562bb43ba430c7344261fbc5d',
      'e6585bdf74b6a46b9ede8b1b877e1232fb79ee93106c4db8ffd49cf1685bf242',
    ]
    const roots = [
      'bf7ddbb59aa018a4c74e061f5172973ff09e4cb7f58405af117fc521f1ca46aa',
      'a7042a3ce14f384bbff63f1cee6ee5579193c2d7002e0034854963322cda6128',
      '88e652896cb1de5962a0173a222059f51e6b943a2ba6dfc9acbff051ceb1abb5',
      '42d3339fe8eb57770953423f20a029e778a707e8d58aaf110b40d5eb4dd25721',
    ]
    const full = new LocalExitTreeData()
    let tree = LocalExitTree.empty
    for (const [i, leaf] of exits.entries()) {
      const digest = hash32(bytes(leaf))
      tree = valueOf(tree.append(digest))
      full.append(digest)
      expect([tree.root, full.root].map(toHex)).toEqual([roots[i], roots[i]])
    }
  })

  test('of one deposit › has the known root', () => {
    const leaf = '22ed288677b4c2afd83a6d7d55f7df7f4eaaf60f7310210c030fd27adacbc5e0'
    expect(toHex(valueOf(LocalExitTree.empty.append(hash32(bytes(leaf)))).root)).toBe(
      '5ba002329b53c11a2f1dfe90b11e031771842056cf2125b43da8103c199dcd7f',
    )
  })

  test('with stale frontier slots › has the same root and equals itself, but no tree of other leaves', () => {
    let tree = LocalExitTree.empty
    let other = valueOf(LocalExitTree.empty.append(filled(9)))
    for (const [i, leaf] of [...leaves, filled(4)].entries()) {
      tree = valueOf(tree.append(leaf))
      if (i > 0) other = valueOf(other.append(leaf))
      const count = i + 1
      const frontier = tree.frontier.map((slot, height) =>
        ((count >> height) & 1) === 1 ? slot : filled(0xee),
      )
      const stale = LocalExitTree.from({ leafCount: count, frontier })
      expect(stale.root).toEqual(tree.root)
      expect(stale.equals(tree)).toBe(true)
      expect(tree.equals(other)).toBe(false)
      expect(valueOf(stale.append(filled(5))).root).toEqual(valueOf(tree.append(filled(5))).root)
    }
  })

  test('with one leaf more › does not equal it', () => {
    const tree = valueOf(LocalExitTree.empty.append(filled(1)))
    expect(tree.equals(LocalExitTree.empty)).toBe(false)
    expect(valueOf(LocalExitTree.empty.append(filled(0))).equals(LocalExitTree.empty)).toBe(false)
  })

  test('with 2^32−1 leaves › takes no more', () => {
    const frontier = LocalExitTree.empty.frontier
    const full = LocalExitTree.from({ leafCount: 2 ** 32 - 1, frontier })
    expect(full.append(filled(1))).toEqual({ ok: false, error: { code: 'LeafIndexOverflow' } })
    const last = LocalExitTree.from({ leafCount: 2 ** 32 - 2, frontier })
    expect(valueOf(last.append(filled(1))).leafCount).toBe(2 ** 32 - 1)
  })

  test('with 2^31 leaves › uses its uppermost slot alone', () => {
    const half = LocalExitTree.from({
      leafCount: 2 ** 31,
      frontier: LocalExitTree.empty.frontier.map((slot, i) => (i === 31 ? emptyHash(31) : slot)),
    })
    expect(half.root).toEqual(emptyHash(32))
  })

  test('of the wrong shape › is refused', () => {
    const { frontier } = LocalExitTree.empty
    expect(() => LocalExitTree.from({ leafCount: 2 ** 32, frontier })).toThrow('leafCount')
    expect(() => LocalExitTree.from({ leafCount: -1, frontier })).toThrow('leafCount')
    expect(() => LocalExitTree.from({ leafCount: 0, frontier: frontier.slice(1) })).toThrow(
      'frontier',
    )
  })

  test('in full › proves each leaf and no other', () => {
    const tree = new LocalExitTreeData(leaves)
    for (const [index, leaf] of leaves.entries()) {
      const proof = valueOf(tree.proof(index))
      expect(verifyInclusion(leaf, index, proof)).toBe(true)
      expect(verifyInclusion(filled(9), index, proof)).toBe(false)
      expect(verifyInclusion(leaf, index ^ 1, proof)).toBe(false)
      expect(verifyInclusion(leaf, index + 2 ** 32, proof)).toBe(false)
      expect(verifyInclusion(leaf, index, { ...proof, siblings: proof.siblings.slice(1) })).toBe(
        false,
      )
    }
    for (const index of [3, -1, 0.5, NaN]) {
      expect(tree.proof(index)).toEqual({ ok: false, error: { code: 'IndexOutOfBounds' } })
    }
    expect(tree.rootAt(4)).toEqual({ ok: false, error: { code: 'IndexOutOfBounds' } })
  })
})

describe('a nullifier tree', () => {
  test.each([
    [0, 0, '56db1d35c05310a3dd9ee68c6271e822543be183d78d08727b471e7d989471ee'],
    [0, 1, '4a43a89a39f34db616c6a9bc0d12be6b85bd06dd2c255961bb2b7f737ce3b72b'],
    [1, 0, 'cb20d71fce64ac0b634418290678837fe62797dfbddd6ac9ddc9838c4a49b0e4'],
    [2, 733, '557bb4d0c3f9dfe124f45417e174129c9da2d6ac24c1d1087eb52e0ab79f9ad7'],
  ])('with the claim of network %i, leaf %i › has the known root', (network, leafIndex, root) => {
    const index = exitOf(network, leafIndex)
    const tree = valueOf(NullifierTree.empty.insert(index))
    expect(toHex(tree.root)).toBe(root)
    expect(tree.has(index)).toBe(true)
    const path = valueOf(NullifierTree.empty.nonInclusionPath(index))
    expect(toHex(updatedNullifierRoot(emptyHash(64), index, path) as Hash32)).toBe(root)
  })

  test('when empty › proves with one sibling, as upstream does, and accepts none or all', () => {
    const index = exitOf(0, 5)
    expect(valueOf(NullifierTree.empty.nonInclusionPath(index))).toEqual([emptyHash(63)])
    const all = Array.from({ length: 64 }, (_, i) => emptyHash(63 - i))
    const expected = valueOf(NullifierTree.empty.insert(index)).root
    for (const length of [0, 1, 2, 63, 64]) {
      expect(updatedNullifierRoot(emptyHash(64), index, all.slice(0, length))).toEqual(expected)
    }
    expect(updatedNullifierRoot(emptyHash(64), index, [...all, emptyHash(0)])).toBeUndefined()
  })

  test('with a claim › neither takes nor proves it away', () => {
    const index = exitOf(3, 7)
    const tree = valueOf(NullifierTree.empty.insert(index))
    expect(tree.insert(index)).toEqual({ ok: false, error: { code: 'KeyAlreadyPresent' } })
    expect(tree.nonInclusionPath(index)).toEqual({ ok: false, error: { code: 'KeyPresent' } })
    expect(updatedNullifierRoot(tree.root, index, [])).toBeUndefined()
  })

  test('of a mainnet exit › ignores the rollup index beside the flag', () => {
    const tree = valueOf(NullifierTree.empty.insert(exitOf(0, 1)))
    expect(tree.has({ mainnetFlag: true, rollupIndex: 9, leafIndex: 1 })).toBe(true)
    expect(tree.has({ mainnetFlag: false, rollupIndex: 0, leafIndex: 1 })).toBe(false)
  })
})

describe('a balance tree', () => {
  const other = token(1, '11'.repeat(20))

  test.each([
    ['ETH=1', [[eth, 1n]], '6380283ddf3a30e7aa14ff07d86771994f37db013fbd9b94775f6dfd8115586e'],
    ['ETH=100', [[eth, 100n]], 'c986498aacabcf407d500510e47240454ab1cd85241a356ac0f8c9902453c24c'],
    [
      'USDC=100',
      [[usdc, 100n]],
      'a17eb48d3c4b12e0cb29ada5d7d1d5e09cb9d8cbed390e368bbcad8763df6c76',
    ],
    [
      'both',
      [
        [usdc, 100n],
        [eth, 200n],
      ],
      'aeb7f64f8156015312f7da339bdf8569aeb26564c5b698354b0c8f9738fe83d5',
    ],
    ['another', [[other, 5n]], 'a881995189fe1065e96901a49a4bdf40690b8866bdbcb67259495e7c2851e1c9'],
  ] as [string, [TokenInfo, bigint][], string][])(
    'with %s › has the known root',
    (_, balances, root) => {
      let tree = BalanceTree.empty
      for (const [info, balance] of balances) tree = tree.update(info, balance)
      expect(toHex(tree.root)).toBe(root)
      for (const [info, balance] of balances) {
        expect(tree.get(info)).toBe(balance)
        expect(balancePathRoot(info, balance, tree.path(info))).toEqual(tree.root)
      }
    },
  )

  test('set back to zero › is the empty tree', () => {
    const tree = BalanceTree.empty.update(usdc, 100n).update(eth, 200n)
    const emptied = tree.update(eth, 0n).update(usdc, 0n)
    expect(emptied.root).toEqual(emptyHash(192))
    expect(emptied.balances()).toEqual([])
    expect(tree.get(eth)).toBe(200n)
  })

  test('lists its balances by network and address', () => {
    const tree = BalanceTree.empty.update(other, 1n).update(usdc, 2n).update(eth, 3n)
    expect(tree.balances()).toEqual([
      [eth, 3n],
      [usdc, 2n],
      [other, 1n],
    ])
  })

  test('keeps the largest balance and refuses others', () => {
    const most = 2n ** 256n - 1n
    expect(BalanceTree.empty.update(eth, most).get(eth)).toBe(most)
    expect(() => BalanceTree.empty.update(eth, most + 1n)).toThrow(RangeError)
    expect(() => BalanceTree.empty.update(eth, -1n)).toThrow(RangeError)
  })
})

describe('a sparse Merkle tree', () => {
  const tree = new SparseMerkleTree(64).update(new Uint8Array(8), filled(1))
  const absent = new Uint8Array(8).fill(1)

  test('names what is present and what is not', () => {
    const failed = (code: string) => ({ ok: false, error: { code } })
    expect(tree.inclusionProof(absent)).toEqual(failed('KeyNotPresent'))
    expect(tree.inclusionProofZero(new Uint8Array(8))).toEqual(failed('KeyAlreadyPresent'))
    expect(tree.nonInclusionProof(new Uint8Array(8))).toEqual(failed('KeyPresent'))
    expect(tree.insert(new Uint8Array(8), filled(2))).toEqual(failed('KeyAlreadyPresent'))
  })

  test('refuses a key of another length', () => {
    expect(() => tree.get(new Uint8Array(7))).toThrow('key')
    expect(() => tree.update(new Uint8Array(24), filled(1))).toThrow('key')
  })

  test('of n keys › has n leaves and n − 1 branches, wherever the keys are', () => {
    let grown = new SparseMerkleTree(192)
    const keys = Array.from({ length: 40 }, (_, i) => new Uint8Array(24).fill(i + 1, i % 24))
    for (const [i, key] of keys.entries()) {
      grown = grown.update(key, filled(7))
      expect(nodesOf(grown.top)).toBe(2 * i + 1)
    }
    for (const key of keys) grown = grown.update(key, filled(0))
    expect(grown.top).toBeUndefined()
  })

  test('left unchanged › is the same object', () => {
    expect(tree.update(new Uint8Array(8), filled(1))).toBe(tree)
    expect(tree.update(absent, filled(0))).toBe(tree)
  })
})
