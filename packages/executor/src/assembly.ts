import { createReplicaRunner, type ReplicaRunner } from '@zkstack/bft'
import { realClock, scope, Watch, type Ctx } from '@zkstack/concurrency'
import { createNetwork, type AnnouncedVersion, type Network } from '@zkstack/network'
import type { EpochScope } from '@zkstack/roles'
import { BlockQueue, type BlockStore } from '@zkstack/storage'
import { blockVerifier } from './block-verifier.js'
import { CommitDriver } from './commit-driver.js'
import { EventRouter } from './event-router.js'
import { guardExecution } from './execution-guard.js'
import type { NodeMetrics } from './node-metrics.js'
import type { ResolvedOptions } from './options/resolve-options.js'
import { watchProgress } from './progress-watch.js'
import { RecentBlocks } from './recent-blocks.js'
import type { OpenRecording } from './recording/open-recording.js'
import type { Reporter } from './reporter.js'
import { RunningCalls } from './running-calls.js'
import { TipMonitor } from './tip-monitor.js'
import { TransactionDesk } from './transactions.js'

/** The parts of one node, joined; nothing runs yet, but the network listens. */
export interface Assembly {
  readonly options: ResolvedOptions
  readonly epochScope: EpochScope
  /** Where blocks are read. */
  readonly blocks: BlockStore
  readonly queue: BlockQueue
  /** The next block to commit. */
  readonly applied: Watch<bigint>
  /** What was on disk at the start, to be committed before the node is ready: blocks below. */
  readonly recoverTo: bigint
  readonly network: Network
  /** Absent on a full node. */
  readonly replica: ReplicaRunner | undefined
  readonly commits: CommitDriver
  /** What the execution layer is busy with. */
  readonly calls: RunningCalls
  readonly transactions: TransactionDesk
  readonly router: EventRouter
  readonly reporter: Reporter
  readonly metrics: NodeMetrics
  readonly life: Ctx
  readonly recording: OpenRecording | undefined
}

/** What {@link assemble} takes. */
export interface AssemblyInit {
  readonly options: ResolvedOptions
  readonly reporter: Reporter
  readonly metrics: NodeMetrics
  readonly life: Ctx
  readonly recording: OpenRecording | undefined
  /** The next block to commit. */
  readonly nextToCommit: bigint
}

/** Joins the parts. @throws NetworkError when the node cannot listen. */
export async function assemble(init: AssemblyInit): Promise<Assembly> {
  const { options: o, reporter, metrics, life } = init
  const epochScope = epochScopeOf(o)
  const blocks = new RecentBlocks(o.store)
  const queue = new BlockQueue(blocks, { capacity: o.maxQueuedBlocks })
  const applied = new Watch(init.nextToCommit)
  const recoverTo = queue.range.value.next
  // The network and the parts that use it need each other; it calls nobody before it runs.
  const late: { network: Network | undefined } = { network: undefined }
  const router = new EventRouter({
    reporter,
    metrics,
    logger: o.logger,
    clock: o.clock,
    scheme: o.genesis.scheme,
    viewTimeoutMs: o.viewTimeoutMs,
    peerCount: () => late.network?.peers().length ?? 0,
  })
  const calls = new RunningCalls(o.clock)
  const parts = { ...init, epochScope, blocks, queue, applied, router, calls }
  const replica = replicaOf(parts, (message) => late.network?.broadcast(message))
  const transactions = new TransactionDesk({
    mempool: o.mempool,
    maxTransactionBytes: o.limits.maxTransactionBytes,
    life,
    gossip: (tx) => late.network?.gossipTransaction(tx),
    warn: (e) => {
      reporter.warn(e)
    },
    onVerdict: (origin, verdict) => {
      metrics.transaction(origin, verdict)
    },
  })
  const network = await networkOf({ ...parts, replica, transactions })
  late.network = network
  const commits = commitDriverOf({ ...parts, recoverTo })
  return { ...parts, options: o, recoverTo, network, replica, commits, transactions }
}

/** The committee of a genesis with a fixed one: epoch 0, from the first block on, for ever. */
function epochScopeOf({ genesis }: ResolvedOptions): EpochScope {
  return {
    genesis: genesis.hash,
    epoch: 0n,
    schedule: genesis.schedule,
    firstBlock: genesis.firstBlock,
  }
}

type Parts = AssemblyInit &
  Pick<Assembly, 'epochScope' | 'blocks' | 'queue' | 'applied' | 'router' | 'calls'>

function replicaOf(
  p: Parts,
  send: Parameters<typeof createReplicaRunner>[0]['send'],
): ReplicaRunner | undefined {
  const { options: o, metrics } = p
  if (o.signer === undefined || o.validatorIndex === undefined) return undefined
  const execution = guardExecution({
    execution: o.execution,
    life: p.life,
    calls: p.calls,
    onOutcome: (method, outcome, tookMs) => {
      metrics.executionCall(method, outcome, tookMs)
    },
  })
  return createReplicaRunner({
    scope: p.epochScope,
    signer: o.signer,
    store: o.store,
    blocks: p.queue,
    applied: p.applied,
    execution,
    clock: o.clock,
    random: o.random,
    maxPayloadBytes: o.limits.maxPayloadBytes,
    viewTimeoutMs: o.viewTimeoutMs,
    send,
    yieldTurn: o.clock.yieldTurn?.bind(o.clock),
    logger: o.logger,
    metrics: o.metrics,
    recording: p.recording?.sink,
    onEvent: (e) => {
      p.router.onReplicaEvent(e)
    },
  })
}

function networkOf(p: Parts & Pick<Assembly, 'replica' | 'transactions'>): Promise<Network> {
  const { options: o, replica, transactions } = p
  return createNetwork({
    genesis: o.genesis,
    scope: () => p.epochScope,
    nodeKey: o.nodeKey,
    validator: replica && o.signer,
    transport: o.transport,
    listen: o.listen,
    publicAddr: o.publicAddr,
    announcedVersion: announcedVersionOf(o),
    peers: o.peers,
    blocks: p.queue,
    store: p.blocks,
    limits: o.limits,
    clock: o.clock,
    random: o.random,
    buildVersion: o.buildVersion,
    logger: o.logger,
    metrics: o.metrics,
    verifyBlock: blockVerifier({
      scope: p.epochScope,
      execution: o.execution,
      threads: o.clock === realClock,
    }),
    onConsensusMessage: (message, carrier) =>
      replica?.deliver(message, carrier) ?? Promise.resolve(),
    onTransaction: o.mempool && ((tx, from) => transactions.onPeerTransaction(tx, from)),
    onEvent: (e) => {
      p.router.onNetworkEvent(e)
    },
  })
}

/** Where the version of our address announcements is kept. */
function announcedVersionOf({ signer, store }: ResolvedOptions): AnnouncedVersion | undefined {
  const { addresses } = store
  if (signer === undefined || addresses === undefined) return undefined
  return {
    load: () => addresses.version(signer.publicKey),
    save: (version) => addresses.saveVersion(signer.publicKey, version),
  }
}

function commitDriverOf(p: Parts & Pick<Assembly, 'recoverTo'>): CommitDriver {
  return new CommitDriver({
    execution: p.options.execution,
    store: p.blocks,
    range: p.queue.range,
    applied: p.applied,
    calls: p.calls,
    warn: (e) => {
      p.reporter.warn(e)
    },
    onCommitted: (block, tookMs) => {
      p.metrics.committed(block.number, tookMs)
      if (block.number >= p.recoverTo) p.reporter.events.emit('block:finalized', block)
    },
  })
}

/** Runs consensus and network until cancelled; leaves the network closed. `explain` says why no block comes. */
export async function serve(ctx: Ctx, a: Assembly, explain: () => string): Promise<void> {
  const tips = new TipMonitor((violation) => {
    a.router.onInvariant(violation)
  })
  const unsubscribe = a.queue.range.subscribe((range) => {
    a.metrics.head(range.next)
    if (a.replica === undefined) tips.check(range)
  })
  try {
    await scope(ctx, async (inner, s) => {
      s.spawn((c) => a.network.run(c))
      s.spawn((c) => a.queue.follow(c))
      const { replica } = a
      if (replica !== undefined) s.spawn((c) => replica.run(c))
      await watchProgress(inner, {
        applied: a.applied,
        viewTimeoutMs: a.options.viewTimeoutMs,
        explain,
        warn: (e) => {
          a.reporter.warn(e)
        },
      })
    })
  } finally {
    unsubscribe()
    await a.network.stop()
    await a.recording?.close()
  }
}
