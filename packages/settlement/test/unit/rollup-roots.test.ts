import { hash32 } from '@zkstack/crypto'
import { RollupExitTree } from '@zkstack/pessimistic-proof'
import { expect, test } from 'vitest'
import { RollupRoots } from '../../src/client/rollup-roots.js'

test('networks settle a thousand times › the newest trees are there, and not many more', () => {
  const roots = new RollupRoots()
  let tree = RollupExitTree.empty
  const had = [tree.root]
  for (let i = 0; i < 1_000; i++) {
    const networkId = 1 + (i % 7)
    const root = hash32(new Uint8Array(32).fill(i % 251))
    tree = tree.update(networkId - 1, root)
    had.push(tree.root)
    roots.settle(networkId, root)
    expect(roots.at(tree.root)?.tree.root).toEqual(tree.root)
    expect(roots.at(tree.root)?.localExitRoots.get(networkId)).toEqual(root)
  }
  expect(had.slice(-50).every((root) => roots.at(root) !== undefined)).toBe(true)
  expect(roots.size).toBeLessThan(100)
})
