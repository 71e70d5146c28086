import { bytesEqual, concatBytes, err, hash32, ok, type Result } from '@zkstack/crypto'
import type { NodeStoreError } from './node-store.js'
import { bitAt, prefixOf, sharedBits, type SparseKey } from './sparse-key.js'
import {
  sparseBranch,
  sparseLeaf,
  type SparseBranch,
  type SparseLeaf,
  type SparseNode,
  type SparseStub,
} from './sparse-node.js'

/** Follows the prefix in the key of the record that names the uppermost node; no node is as deep. */
const TOP_RECORD = 0xff

/** Where a tree's records are: its depth, and what its keys begin with. */
export interface TreePlace {
  /** Levels below the root: a multiple of 8, at most 192. */
  readonly depth: number
  readonly prefix: Uint8Array
}

/** Key of the record that names the uppermost node. */
export function topRecordKey({ prefix }: TreePlace): Uint8Array {
  return concatBytes(prefix, Uint8Array.of(TOP_RECORD))
}

/** Key of a node's record: the prefix, the node's depth in one byte, and as much of its key. */
export function recordKey({ prefix }: TreePlace, { depth, key }: SparseNode): Uint8Array {
  const path = prefixOf(key, depth).subarray(0, Math.ceil(depth / 8))
  return concatBytes(prefix, Uint8Array.of(depth), path)
}

/** Record of a leaf: its value. Of a branch: its children, as {@link encodeReference} writes them. */
export function encodeRecord(node: SparseLeaf | SparseBranch): Uint8Array {
  if (node.type === 'leaf') return node.value
  return concatBytes(encodeReference(node.left), encodeReference(node.right))
}

/** What names a node: depth in one byte, key, subtree's root. */
export function encodeReference({ depth, key, hash }: SparseNode): Uint8Array {
  return concatBytes(Uint8Array.of(depth), prefixOf(key, depth), hash)
}

/** Reads what {@link encodeReference} wrote, for the slot at `slot`. */
export function decodeReference(
  place: TreePlace,
  bytes: Uint8Array,
  slot: number,
): SparseStub | NodeStoreError['code'] {
  if (bytes.length !== referenceBytes(place)) return 'NodeCorrupted'
  const depth = bytes[0] ?? 0
  if (depth > place.depth) return 'DepthOutOfBounds'
  if (depth < slot) return 'NodeCorrupted'
  // Copied, and not by slice(), which is none for a Buffer.
  const key = new Uint8Array(bytes.subarray(1, -32))
  if (!bytesEqual(key, prefixOf(key, depth))) return 'NodeCorrupted'
  const hash = hash32(new Uint8Array(bytes.subarray(-32)))
  return { type: 'stub', depth, key, hash, stored: { slot, hash } }
}

/** The node that `stub` in the slot at `slot` stands for, from its record, which must hash to what the stub says. */
export function decodeRecord(
  place: TreePlace,
  stub: SparseStub,
  o: { readonly slot: number; readonly record: Uint8Array | undefined },
): Result<SparseLeaf | SparseBranch, NodeStoreError> {
  const failed = (code: NodeStoreError['code']) => err({ code, key: recordKey(place, stub) })
  if (o.record === undefined) return failed('NodeMissing')
  if (stub.depth === place.depth) {
    if (o.record.length !== 32) return failed('NodeCorrupted')
    const leaf = sparseLeaf(place.depth, o.slot, stub.key, hash32(new Uint8Array(o.record)))
    return bytesEqual(leaf.hash, stub.hash) ? ok(leaf) : failed('NodeCorrupted')
  }
  const length = referenceBytes(place)
  if (o.record.length !== 2 * length) return failed('NodeCorrupted')
  const left = decodeReference(place, o.record.subarray(0, length), stub.depth + 1)
  if (typeof left === 'string') return failed(left)
  const right = decodeReference(place, o.record.subarray(length), stub.depth + 1)
  if (typeof right === 'string') return failed(right)
  const placed = isChild(stub, left.key, 0) && isChild(stub, right.key, 1)
  if (!placed) return failed('NodeCorrupted')
  const branch = sparseBranch(place.depth, o.slot, stub.depth, { left, right })
  return bytesEqual(branch.hash, stub.hash) ? ok(branch) : failed('NodeCorrupted')
}

function isChild({ depth, key }: SparseStub, child: SparseKey, side: 0 | 1): boolean {
  return sharedBits(key, child, depth) === depth && bitAt(child, depth) === side
}

function referenceBytes({ depth }: TreePlace): number {
  return 1 + depth / 8 + 32
}
