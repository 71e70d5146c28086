import { toHex } from '@zkstack/crypto'
import { formatNodePublicKey, formatValidatorPublicKey } from '@zkstack/roles'
import type { Assembly } from './assembly.js'
import type { EpochSnapshot, NodeSnapshot, NodeStatus } from './consensus-node.js'
import type { KnownEpoch } from './epochs/epoch-book.js'
import { plain } from './plain.js'

/** Everything about a node as plain JSON; picks field by field, so that no secret can slip in. */
export function snapshotOf(a: Assembly, status: NodeStatus, readings: number): NodeSnapshot {
  const { options: o, queue, rotation, network, reporter, calls } = a
  const range = queue.range.value
  return {
    genesis: {
      hash: toHex(o.genesis.hash),
      chainId: o.genesis.chainId.toString(),
      scheme: o.genesis.scheme.name,
      backend: o.genesis.scheme.backend,
    },
    nodeKey: formatNodePublicKey(o.nodeKey.publicKey),
    validatorKey: o.signer && formatValidatorPublicKey(o.signer.publicKey, o.genesis.scheme),
    clock: { nowMs: o.clock.now(), utcMs: o.clock.nowUtc(), readings },
    viewTimeoutMs: o.viewTimeoutMs,
    status: plain(status),
    addresses: network.addresses,
    store: { first: range.first.toString(), next: range.next.toString() },
    fallback: plain(network.fallback()),
    commitBacklog: backlogOf(a).toString(),
    execution: { calls: plain(calls.list), committedAt: calls.committedAt },
    committee: (a.epochs.current?.scope.schedule.validators ?? []).map(({ key, weight }) => ({
      key: formatValidatorPublicKey(key, o.genesis.scheme),
      weight: weight.toString(),
    })),
    epochs: epochsOf(a),
    replica: rotation.replica && plain(rotation.replica.snapshot()),
    peers: network.peers().map((peer) => plain(peer)),
    network: plain(network.inspect()),
    warnings: reporter.warnings,
    limits: plain(o.limits),
  }
}

function epochsOf({ epochs, waiting }: Assembly): NodeSnapshot['epochs'] {
  return {
    current: epochs.current && showEpoch(epochs.current),
    pending: epochs.pending && showEpoch(epochs.pending),
    waitingBlocks: waiting.count,
    waitsFor: waiting.lowest && plain(waiting.lowest),
  }
}

function showEpoch({ scope, lastBlock }: KnownEpoch): EpochSnapshot {
  return {
    epoch: scope.epoch.toString(),
    firstBlock: scope.firstBlock.toString(),
    lastBlock: lastBlock.value?.toString(),
  }
}

function backlogOf(a: Assembly): bigint {
  const { next } = a.queue.range.value
  return next > a.applied.value ? next - a.applied.value : 0n
}
