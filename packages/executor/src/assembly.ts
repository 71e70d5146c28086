import type { ReplicaRunnerInit } from '@zkstack/bft'
import { errorOf, realClock, scope, Watch, yieldTurn, type Ctx } from '@zkstack/concurrency'
import { createNetwork, type AnnouncedVersion, type Network } from '@zkstack/network'
import { BlockQueue, type BlockStore } from '@zkstack/storage'
import { blockVerifier } from './block-verifier.js'
import { CommitDriver } from './commit-driver.js'
import { EpochHandover } from './epochs/epoch-handover.js'
import { Epochs } from './epochs/epochs.js'
import { MissingCertificates } from './epochs/missing-certificates.js'
import { ReplicaRotation } from './epochs/replica-rotation.js'
import { ScheduleAsker } from './epochs/schedule-asker.js'
import { WaitingBlocks } from './epochs/waiting-blocks.js'
import type { NodeError } from './errors.js'
import { EventRouter } from './event-router.js'
import { guardExecution } from './execution-guard.js'
import type { NodeMetrics } from './node-metrics.js'
import { NodeTrace } from './node-trace.js'
import type { ResolvedOptions } from './options/resolve-options.js'
import { watchProgress } from './progress-watch.js'
import { RecentBlocks } from './recent-blocks.js'
import { Pruner } from './retention/pruner.js'
import type { OpenRecording } from './recording/open-recording.js'
import type { Reporter } from './reporter.js'
import { RunningCalls } from './running-calls.js'
import { SignatureChecks } from './signature-checks.js'
import { TipMonitor } from './tip-monitor.js'
import { TransactionDesk } from './transactions.js'

/** The parts of one node, joined; nothing runs yet, but the network listens. */
export interface Assembly {
  readonly options: ResolvedOptions
  /** Who rules when. */
  readonly epochs: Epochs
  /** Blocks of peers that wait for the committee of their epoch. */
  readonly waiting: WaitingBlocks
  /** Where blocks are read. */
  readonly blocks: BlockStore
  readonly queue: BlockQueue
  /** The next block to commit. */
  readonly applied: Watch<bigint>
  /** What was on disk at the start, to be committed before the node is ready: blocks below. */
  readonly recoverTo: bigint
  readonly network: Network
  /** The replica of the current epoch, and of the next. */
  readonly rotation: ReplicaRotation
  /** Gathers the certificates of epochs. */
  readonly handover: EpochHandover
  /** Fetches those that were missed. */
  readonly missing: MissingCertificates
  readonly commits: CommitDriver
  /** What the execution layer is busy with. */
  readonly calls: RunningCalls
  readonly transactions: TransactionDesk
  readonly router: EventRouter
  readonly reporter: Reporter
  readonly metrics: NodeMetrics
  readonly life: Ctx
  readonly recording: OpenRecording | undefined
  /** Absent: signatures are checked where they are needed, at once. */
  readonly signatures: SignatureChecks | undefined
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

/** Joins the parts. @throws NetworkError when the node cannot listen; NodeError for committees that cannot be. */
export async function assemble(init: AssemblyInit): Promise<Assembly> {
  const { options: o, reporter, metrics, life } = init
  const blocks = new RecentBlocks(o.store, yieldTurnOf(o))
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
  const epochs = epochsOf({ ...init, blocks, applied, calls })
  const waiting = new WaitingBlocks()
  const trace =
    o.tracer &&
    new NodeTrace(o.tracer, (e) => {
      o.logger.error('the tracer failed; commits are no longer traced', { error: errorOf(e) })
    })
  const signatures = signatureChecksOf(init)
  const parts = {
    ...init,
    signatures,
    epochs,
    waiting,
    blocks,
    queue,
    applied,
    router,
    calls,
    trace,
  }
  // What is from before genesis comes first: the execution layer may know no committee without it.
  if (recoverTo >= o.genesis.firstBlock) await epochs.begin(life)
  const rotation = new ReplicaRotation({
    epochs,
    parts: replicaParts(parts, (message) => late.network?.broadcast(message)),
  })
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
  const handover = new EpochHandover({
    epochs,
    store: o.store.epochs,
    signer: o.mayVote ? o.signer : undefined,
    yieldTurn: yieldTurnOf(o),
    announce: (vote) => late.network?.announceEpochVote(vote),
    warn: (e) => {
      reporter.warn(e)
    },
  })
  const missing = new MissingCertificates({
    genesis: o.genesis,
    epochs,
    store: o.store.epochs,
    want: (epoch) => late.network?.wantEpochCertificate(epoch),
    yieldTurn: yieldTurnOf(o),
  })
  const network = await networkOf({ ...parts, rotation, handover, missing, transactions })
  late.network = network
  const commits = commitDriverOf({ ...parts, recoverTo })
  const made = { network, rotation, handover, missing, commits, transactions }
  return { ...parts, ...made, options: o, recoverTo }
}

type Parts = AssemblyInit &
  Pick<
    Assembly,
    'epochs' | 'waiting' | 'blocks' | 'queue' | 'applied' | 'router' | 'calls' | 'signatures'
  > & {
    /** Absent: nothing is traced. */
    readonly trace: NodeTrace | undefined
  }

function yieldTurnOf({ clock }: ResolvedOptions): () => Promise<void> {
  return clock.yieldTurn?.bind(clock) ?? yieldTurn
}

/** None in virtual time, which does not wait for other threads. */
function signatureChecksOf({ options: o, reporter }: AssemblyInit): SignatureChecks | undefined {
  if (o.clock !== realClock) return undefined
  return new SignatureChecks({
    workers: o.workers,
    shared: o.signatureWorkers,
    clock: o.clock,
    yieldTurn: yieldTurnOf(o),
    warn: (e) => {
      reporter.warn(e)
    },
  })
}

function epochsOf(p: AssemblyInit & Pick<Assembly, 'blocks' | 'applied' | 'calls'>): Epochs {
  const { options: o, blocks, applied, calls, reporter } = p
  const { validators: source } = o
  const warn = (e: NodeError): void => {
    reporter.warn(e)
  }
  return new Epochs({
    genesis: o.genesis,
    asker: source && new ScheduleAsker({ source, calls, warn }),
    store: o.store.epochs,
    maxValidators: o.maxValidators,
    applied,
    yieldTurn: yieldTurnOf(o),
    epochOfBlock: async (number) => {
      const block = await blocks.get(number)
      return block?.kind === 'final' ? block.epoch : undefined
    },
  })
}

function replicaParts(
  p: Parts,
  send: ReplicaRunnerInit['send'],
): Omit<ReplicaRunnerInit, 'scope' | 'lastBlock'> | undefined {
  const { options: o, metrics } = p
  if (o.signer === undefined || !o.mayVote) return undefined
  const execution = guardExecution({
    execution: o.execution,
    life: p.life,
    calls: p.calls,
    onOutcome: (method, outcome, tookMs) => {
      metrics.executionCall(method, outcome, tookMs)
    },
  })
  return {
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
    verifyAggregate: p.signatures?.ofConsensus,
    yieldTurn: o.clock.yieldTurn?.bind(o.clock),
    logger: o.logger,
    metrics: o.metrics,
    tracer: p.trace,
    recording: p.recording?.sink,
    onEvent: (e) => {
      p.router.onReplicaEvent(e)
    },
  }
}

function networkOf(
  p: Parts & Pick<Assembly, 'rotation' | 'handover' | 'missing' | 'transactions'>,
): Promise<Network> {
  const { options: o, rotation, handover, epochs, transactions } = p
  return createNetwork({
    genesis: o.genesis,
    scope: () => epochs.current?.scope,
    pendingScope: () => epochs.pending?.scope,
    nodeKey: o.nodeKey,
    validator: o.mayVote ? o.signer : undefined,
    transport: o.transport,
    listen: o.listen,
    publicAddr: o.publicAddr,
    announcedVersion: announcedVersionOf(o),
    peers: o.peers,
    blocks: p.queue,
    store: p.blocks,
    fallback: o.fallback,
    limits: o.limits,
    clock: o.clock,
    random: o.random,
    buildVersion: o.buildVersion,
    logger: o.logger,
    metrics: o.metrics,
    verifyBlock: blockVerifier({
      epochs,
      firstBlock: o.genesis.firstBlock,
      onWait: (block) => p.waiting.note(block),
      execution: o.execution,
      life: p.life,
      warn: (e) => {
        p.reporter.warn(e)
      },
      verifyAggregate: p.signatures?.ofBlocks,
    }),
    onEpochVote: (vote) => {
      handover.onVote(vote)
    },
    epochCertificates: p.missing,
    onConsensusMessage: (message, carrier) => rotation.deliver(message, carrier),
    onTransaction: o.mempool && ((tx, from) => transactions.onPeerTransaction(tx, from)),
    pendingTransactions: o.mempool?.pending && ((call) => transactions.pending(call)),
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
    execution: p.trace?.traced(p.options.execution) ?? p.options.execution,
    store: p.blocks,
    range: p.queue.range,
    applied: p.applied,
    calls: p.calls,
    expect: (ctx, block) => p.epochs.expect(ctx, block),
    advance: (ctx, next) => p.epochs.advance(ctx, next),
    warn: (e) => {
      p.reporter.warn(e)
    },
    onCommitted: (block, tookMs) => {
      p.metrics.committed(block.number, tookMs)
      if (block.number >= p.recoverTo) p.reporter.events.emit('block:finalized', block)
    },
  })
}

function prunerOf({ options: o, blocks, queue, applied }: Assembly): Pruner | undefined {
  const { retention, store } = o
  if (retention === undefined) return undefined
  return new Pruner({ retention, store: blocks, marks: store.marks, range: queue.range, applied })
}

/** Runs consensus and network until cancelled; leaves the network closed. `explain` says why no block comes. */
export async function serve(ctx: Ctx, a: Assembly, explain: () => string): Promise<void> {
  const tips = new TipMonitor((violation) => {
    a.router.onInvariant(violation)
  })
  const { first, next } = a.queue.range.value
  if (next > first) a.metrics.head(next)
  const unsubscribe = a.queue.range.subscribe((range) => {
    a.metrics.head(range.next)
    if (a.rotation.replica === undefined) tips.check(range)
  })
  const unfollow = a.epochs.changed.subscribe(() => {
    a.network.committeeChanged()
  })
  try {
    await scope(ctx, async (inner, s) => {
      s.spawn((c) => a.network.run(c))
      s.spawn((c) => a.queue.follow(c))
      s.spawn((c) => a.epochs.run(c, a.queue.range))
      s.spawn((c) => a.rotation.run(c))
      s.spawn((c) => a.handover.run(c))
      s.spawn((c) => a.missing.run(c))
      const pruner = prunerOf(a)
      if (pruner) s.spawn((c) => pruner.run(c))
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
    unfollow()
    await a.network.stop()
    await a.signatures?.[Symbol.asyncDispose]()
    await a.recording?.close()
  }
}
