import { err, ok, type Result } from '@zkstack/crypto'
import type { NodeStore, NodeStoreError, NodeStoreOptions } from './node-store.js'
import { bitAt, type SparseKey } from './sparse-key.js'
import { SparseMerkleTree } from './sparse-merkle-tree.js'
import { sharedDepth, type SparseNode, type SparseStub } from './sparse-node.js'
import {
  decodeRecord,
  decodeReference,
  recordKey,
  topRecordKey,
  type TreePlace,
} from './sparse-node-record.js'

/** The tree that a store holds, no path of it loaded; the empty tree if the store holds none. */
export async function openTree(
  store: NodeStore,
  place: TreePlace,
  o?: NodeStoreOptions,
): Promise<Result<SparseMerkleTree, NodeStoreError>> {
  const key = topRecordKey(place)
  const [record] = await store.get([key], o)
  if (record === undefined) return ok(new SparseMerkleTree(place.depth))
  const top = decodeReference(place, record, 0)
  return typeof top === 'string'
    ? err({ code: top, key })
    : ok(new SparseMerkleTree(place.depth, top))
}

/**
 * The same tree with the paths of these keys in memory, so that they can be read, proven and changed. Reads level by level,
 * each node once, and believes only what hashes to the root.
 */
export async function loadPaths(
  tree: SparseMerkleTree,
  o: {
    readonly store: NodeStore
    readonly place: TreePlace
    readonly keys: readonly SparseKey[]
    readonly signal?: AbortSignal
  },
): Promise<Result<SparseMerkleTree, NodeStoreError>> {
  let { top } = tree
  for (;;) {
    const missing = stubsOnPaths(top, o.keys)
    if (missing.size === 0) return ok(new SparseMerkleTree(tree.depth, top))
    const stubs = [...missing]
    const records = await o.store.get(
      stubs.map(([stub]) => recordKey(o.place, stub)),
      o.signal === undefined ? {} : { signal: o.signal },
    )
    const loaded = new Map<SparseNode, SparseNode>()
    for (const [i, [stub, slot]] of stubs.entries()) {
      const node = decodeRecord(o.place, stub, { slot, record: records[i] })
      if (!node.ok) return node
      loaded.set(stub, node.value)
    }
    top = top && withLoaded(top, loaded, o.keys)
  }
}

/** The first stub on the way of each key, with its slot. */
function stubsOnPaths(
  top: SparseNode | undefined,
  keys: readonly SparseKey[],
): Map<SparseStub, number> {
  const stubs = new Map<SparseStub, number>()
  for (const key of keys) {
    let slot = 0
    let node = top
    while (node?.type === 'branch' && sharedDepth(node, key) === node.depth) {
      slot = node.depth + 1
      node = bitAt(key, node.depth) === 1 ? node.right : node.left
    }
    if (node?.type === 'stub') stubs.set(node, slot)
  }
  return stubs
}

/** The node with loaded nodes in the place of stubs; hashes stay, and so do subtrees that no key leads into. */
function withLoaded(
  node: SparseNode,
  loaded: ReadonlyMap<SparseNode, SparseNode>,
  keys: readonly SparseKey[],
): SparseNode {
  const found = loaded.get(node)
  if (found !== undefined) return found
  if (node.type !== 'branch') return node
  const inside = keys.filter((key) => sharedDepth(node, key) === node.depth)
  if (inside.length === 0) return node
  const left = withLoaded(node.left, loaded, inside)
  const right = withLoaded(node.right, loaded, inside)
  return left === node.left && right === node.right ? node : { ...node, left, right }
}
