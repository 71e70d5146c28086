import { concatBytes, err, hash32, ok, type Hash32, type Result } from '@zkstack/crypto'
import { BALANCE_TREE_DEPTH, balanceKey, BalanceTree } from '../trees/balance-tree.js'
import { changedNodes } from '../trees/changed-nodes.js'
import { EXIT_TREE_DEPTH } from '../trees/inclusion.js'
import { loadPaths, openTree } from '../trees/load-paths.js'
import { LocalExitTree } from '../trees/local-exit-tree.js'
import type { NodeStore, NodeStoreError, NodeStoreOptions } from '../trees/node-store.js'
import { NULLIFIER_TREE_DEPTH, nullifierKey, NullifierTree } from '../trees/nullifier-tree.js'
import type { SparseKey } from '../trees/sparse-key.js'
import type { SparseMerkleTree } from '../trees/sparse-merkle-tree.js'
import type { TreePlace } from '../trees/sparse-node-record.js'
import type { Certificate } from '../types/certificate.js'
import type { LocalNetworkState } from './local-network-state.js'
import { movedTokens } from './prove-balances.js'

/** What the keys of the three trees' records begin with: e, b and n. */
const exitTreeKey = Uint8Array.of(0x65)
const balancePlace: TreePlace = { depth: BALANCE_TREE_DEPTH, prefix: Uint8Array.of(0x62) }
const nullifierPlace: TreePlace = { depth: NULLIFIER_TREE_DEPTH, prefix: Uint8Array.of(0x6e) }

/** Length of the exit tree's record: u32 BE leaf count ‖ 32 digests. */
const EXIT_TREE_BYTES = 4 + 32 * EXIT_TREE_DEPTH

/** The state of one network that a store holds, nothing of its sparse trees loaded; the empty state if it holds none. */
export async function openNetworkState(
  store: NodeStore,
  o?: NodeStoreOptions,
): Promise<Result<LocalNetworkState, NodeStoreError>> {
  const [record] = await store.get([exitTreeKey], o)
  const exitTree = decodeExitTree(record)
  if (exitTree === undefined) return err({ code: 'NodeCorrupted', key: exitTreeKey })
  const balances = await openTree(store, balancePlace, o)
  if (!balances.ok) return balances
  const nullifiers = await openTree(store, nullifierPlace, o)
  if (!nullifiers.ok) return nullifiers
  return ok({
    exitTree,
    balanceTree: new BalanceTree(balances.value),
    nullifierTree: new NullifierTree(nullifiers.value),
  })
}

/** The same state with everything in memory that applying the certificate needs. */
export async function loadForCertificate(
  state: LocalNetworkState,
  certificate: Certificate,
  o: { readonly store: NodeStore; readonly signal?: AbortSignal },
): Promise<Result<LocalNetworkState, NodeStoreError>> {
  const load = (tree: SparseMerkleTree, place: TreePlace, keys: readonly SparseKey[]) =>
    loadPaths(tree, { ...o, place, keys })
  const tokens = movedTokens(certificate).map(balanceKey)
  const balances = await load(state.balanceTree.tree, balancePlace, tokens)
  if (!balances.ok) return balances
  const claims = certificate.importedBridgeExits.map((exit) => nullifierKey(exit.globalIndex))
  const nullifiers = await load(state.nullifierTree.tree, nullifierPlace, claims)
  if (!nullifiers.ok) return nullifiers
  return ok({
    exitTree: state.exitTree,
    balanceTree: new BalanceTree(balances.value),
    nullifierTree: new NullifierTree(nullifiers.value),
  })
}

/** Makes `after` the stored state, in one batch, where `before` is stored: all of it or nothing. */
export async function saveNetworkState(
  store: NodeStore,
  change: { readonly before: LocalNetworkState; readonly after: LocalNetworkState },
  o?: NodeStoreOptions,
): Promise<void> {
  const { before, after } = change
  await store.write(
    [
      { type: 'put', key: exitTreeKey, value: encodeExitTree(after.exitTree) },
      ...changedNodes(before.balanceTree.tree, after.balanceTree.tree, balancePlace),
      ...changedNodes(before.nullifierTree.tree, after.nullifierTree.tree, nullifierPlace),
    ],
    o,
  )
}

function encodeExitTree({ leafCount, frontier }: LocalExitTree): Uint8Array {
  const count = new Uint8Array(4)
  new DataView(count.buffer).setUint32(0, leafCount)
  return concatBytes(count, ...frontier)
}

function decodeExitTree(record: Uint8Array | undefined): LocalExitTree | undefined {
  if (record === undefined) return LocalExitTree.empty
  if (record.length !== EXIT_TREE_BYTES) return undefined
  const bytes = new Uint8Array(record)
  const frontier: Hash32[] = []
  for (let at = 4; at < bytes.length; at += 32) frontier.push(hash32(bytes.slice(at, at + 32)))
  return LocalExitTree.from({ leafCount: new DataView(bytes.buffer).getUint32(0), frontier })
}
