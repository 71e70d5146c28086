import { bytesEqual } from '@zkstack/crypto'
import type { NodeWrite } from './node-store.js'
import { bitAt } from './sparse-key.js'
import type { SparseMerkleTree } from './sparse-merkle-tree.js'
import { notLoaded, sharedDepth, type SparseBranch, type SparseNode } from './sparse-node.js'
import {
  encodeRecord,
  encodeReference,
  recordKey,
  topRecordKey,
  type TreePlace,
} from './sparse-node-record.js'

/**
 * What turns the stored form of `before` into that of `after`, to be written in one batch; empty if nothing changed. Takes
 * time in the number of changed nodes.
 */
export function changedNodes(
  before: SparseMerkleTree,
  after: SparseMerkleTree,
  place: TreePlace,
): NodeWrite[] {
  if (bytesEqual(before.root, after.root)) return []
  const key = topRecordKey(place)
  const writes: NodeWrite[] =
    after.top === undefined
      ? [{ type: 'del', key }]
      : [{ type: 'put', key, value: encodeReference(after.top) }]
  compare(before.top, after.top, { place, writes })
  return writes
}

interface Comparison {
  readonly place: TreePlace
  readonly writes: NodeWrite[]
}

/** Compares two subtrees, of which one may stand within the other's region, and notes the records that differ. */
function compare(
  before: SparseNode | undefined,
  after: SparseNode | undefined,
  o: Comparison,
): void {
  if (before === after) return
  if (after === undefined || before === undefined) {
    remove(before, o)
    put(after, o)
    return
  }
  const shared = Math.min(sharedDepth(before, after.key), after.depth)
  if (shared === before.depth && shared === after.depth) return compareSame(before, after, o)
  if (shared === before.depth && before.type === 'branch') {
    removeRecord(before, o)
    const right = bitAt(after.key, before.depth) === 1
    remove(right ? before.left : before.right, o)
    compare(right ? before.right : before.left, after, o)
  } else if (shared === after.depth && after.type === 'branch') {
    putRecord(after, o)
    const right = bitAt(before.key, after.depth) === 1
    put(right ? after.left : after.right, o)
    compare(before, right ? after.right : after.left, o)
  } else {
    remove(before, o)
    put(after, o)
  }
}

/** Both have the same record key. */
function compareSame(before: SparseNode, after: SparseNode, o: Comparison): void {
  if (after.type === 'stub') return
  if (before.type === 'branch' && after.type === 'branch') {
    const sameChildren =
      isSameReference(before.left, after.left) && isSameReference(before.right, after.right)
    if (!sameChildren) putRecord(after, o)
    compare(before.left, after.left, o)
    compare(before.right, after.right, o)
  } else if (before.type === 'leaf' && after.type === 'leaf') {
    if (!bytesEqual(before.value, after.value)) putRecord(after, o)
  } else {
    put(after, o)
  }
}

function isSameReference(a: SparseNode, b: SparseNode): boolean {
  return a.depth === b.depth && bytesEqual(a.hash, b.hash)
}

function remove(node: SparseNode | undefined, o: Comparison): void {
  if (node === undefined) return
  removeRecord(node, o)
  if (node.type === 'stub') throw notLoaded()
  if (node.type === 'branch') for (const child of [node.left, node.right]) remove(child, o)
}

function removeRecord(node: SparseNode, o: Comparison): void {
  o.writes.push({ type: 'del', key: recordKey(o.place, node) })
}

function put(node: SparseNode | undefined, o: Comparison): void {
  if (node === undefined || node.type === 'stub') return
  putRecord(node, o)
  if (node.type === 'branch') for (const child of [node.left, node.right]) put(child, o)
}

function putRecord(
  node: Exclude<SparseNode, { type: 'stub' }> | SparseBranch,
  o: Comparison,
): void {
  o.writes.push({ type: 'put', key: recordKey(o.place, node), value: encodeRecord(node) })
}
