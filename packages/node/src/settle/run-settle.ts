import { mkdir } from 'node:fs/promises'
import { Ctx, realClock, scope, ZkStackError, type Clock, type Logger } from '@zkstack/concurrency'
import { createL1Client, newHeads, type HeadSource, type L1Client } from '@zkstack/l1'
import {
  adminMethods,
  databaseCheck,
  interopMethods,
  l1Check,
  nodeServiceFiles,
  nodeServices,
  readinessOf,
  serveGrpc,
  serveRpc,
  settlementNotifications,
  type GrpcServer,
  type Readiness,
  type RpcServer,
  type RpcServerOptions,
  type SettlementNotifications,
  type SettlementService,
} from '@zkstack/rpc'
import {
  BackupEngine,
  createSettlementNode,
  levelDatabase,
  NetworkRateLimits,
  type Database,
  type ServerTls,
  type SettlementNode,
  type SettlementNodeOptions,
} from '@zkstack/settlement'
import { version } from '../cli/version.js'
import { readSecret } from '../config/read-files.js'
import { processMetrics } from '../metrics/process-metrics.js'
import {
  prometheusMetrics,
  type Exposition,
  type PrometheusMetrics,
} from '../metrics/prometheus-metrics.js'
import { ClockMetrics } from './clock-metrics.js'
import { proverParts, type ProverParts } from './prover-parts.js'
import { readSigners } from './read-settle-files.js'
import { readTls } from './read-tls.js'
import { serveMetrics } from './serve-metrics.js'
import type { SettleConfig } from './settle-config.js'
import { SettleMetrics } from './settle-metrics.js'

/** Where a settlement node listens. */
export interface SettleAddresses {
  readonly rpc: string
  /** `host:port` */
  readonly grpc: string
  /** `undefined`: the admin methods are not served. */
  readonly admin: string | undefined
  readonly metrics: string
}

/** What {@link runSettle} takes beside a configuration. */
export interface RunSettleOptions {
  readonly env: NodeJS.ProcessEnv
  readonly logger: Logger
  /** Ends the node in order when it aborts. */
  readonly signal: AbortSignal
  /** Called once the node listens. */
  onStarted(addresses: SettleAddresses): void
}

/**
 * Runs a settlement node until the signal aborts, then stops it in order: servers, node, database.
 *
 * @throws ConfigError, SettlementStorageError, and whatever makes a start or a running node fail; everything is closed then.
 */
export async function runSettle(config: SettleConfig, o: RunSettleOptions): Promise<void> {
  const clock = realClock
  const metrics = prometheusMetrics()
  const signers = await readSigners(config.signers, { env: o.env, clock, signal: o.signal })
  const tls = await readTls(config)
  const { adminToken } = config.rpc
  const token = adminToken && (await readSecret('rpc.admin-token', adminToken, o.env))
  const parts = { clock, logger: o.logger, metrics }
  const l1 = l1ClientOf(config, parts)
  using prover = proverParts(config.prover, { ...parts, tls: tls.prover })
  const clockMetrics = new ClockMetrics(metrics, {
    isAsking: config.epochs.type === 'block',
    isSubscribed: config.l1.wsNodeUrl !== undefined,
  })
  await mkdir(config.storage.path, { recursive: true })
  const database = await levelDatabase(config.storage.path)
  try {
    const backups = backupsOf(config, database, o.logger)
    const node = await nodeOf(config, {
      ...{ l1, signers, database, backups, metrics, logger: o.logger },
      prover: prover.options,
      heads: headsOf(config, o.logger, clockMetrics),
      onClock(event) {
        clockMetrics.asked(event)
      },
    })
    const counted = new SettleMetrics(metrics, clock)
    using ctx = Ctx.root({ clock, signal: o.signal })
    await scope(ctx, async (inner, tasks) => {
      tasks.spawnBackground((own) => node.run(own))
      tasks.spawnBackground((own) => follow(own, node, counted))
      if (backups !== undefined) tasks.spawnBackground((own) => backups.run(own))
      const service = { node: counting(node, counted), l1 }
      const notifications = settlementNotifications(service)
      tasks.spawnBackground((own) => notifications.run(own))
      const readiness = readinessOf([l1Check(l1), databaseCheck(database), prover.check])
      const common = { service, token, tls: tls.grpc, notifications, readiness, logger: o.logger }
      await using rpc = await servers(config, common)
      await using grpc = await grpcServer(config, common)
      await using scrapes = await metricsServer(config, {
        node,
        metrics,
        counted,
        logger: o.logger,
      })
      o.onStarted({
        rpc: rpc.read.url,
        grpc: grpc.address,
        admin: rpc.admin?.url,
        metrics: scrapes.url,
      })
      await inner.sleep(Infinity)
    })
  } finally {
    await database.close()
  }
}

function l1ClientOf(
  { l1 }: SettleConfig,
  o: { readonly logger: Logger; readonly metrics: PrometheusMetrics; readonly clock: Clock },
): L1Client {
  const { chainId, nodeUrls, timeoutMs } = l1
  return createL1Client({ chainId, endpoints: nodeUrls, timeoutMs, ...o })
}

/** Says when L1 has new blocks, if it is configured to. */
function headsOf(
  { l1: { chainId, wsNodeUrl: url } }: SettleConfig,
  logger: Logger,
  counted: ClockMetrics,
): HeadSource | undefined {
  if (url === undefined) return undefined
  return newHeads({
    ...{ chainId, url, logger },
    onStatus(status) {
      counted.subscription(status)
    },
  })
}

function backupsOf(
  { storage }: SettleConfig,
  database: Database,
  logger: Logger,
): BackupEngine | undefined {
  return (
    storage.backup && new BackupEngine(database, { ...storage.backup, clock: realClock, logger })
  )
}

async function nodeOf(
  config: SettleConfig,
  parts: Pick<
    SettlementNodeOptions,
    'l1' | 'signers' | 'database' | 'backups' | 'metrics' | 'logger' | 'heads' | 'onClock'
  > & { readonly prover: ProverParts['options'] },
): Promise<SettlementNode> {
  const { prover, ...given } = parts
  const { l1InfoRootFinality, transactions } = config
  const node = await createSettlementNode({
    ...given,
    ...prover,
    addresses: config.l1.addresses,
    epochs: config.epochs,
    finality: {
      l1InfoRoots: l1InfoRootFinality,
      settlements: { tag: transactions.finality.tag, confirmations: 1 },
    },
    transactions,
    pollIntervalMs: config.l1.pollIntervalMs,
    proofSigners: config.proofSigners,
    rateLimits: new NetworkRateLimits(config.rateLimits),
    debug: config.debug,
  })
  if (node.ok) return node.value
  const problem =
    node.error.code === 'ClockMismatch'
      ? 'epoch: the database counts epochs in another way; configure it as it was, or start another database'
      : 'epoch: the database has epochs that are yet to come by this configuration'
  throw new ZkStackError('SETTLE_CLOCK', problem)
}

/** Tells the metrics of every event; a follower that was cut off begins anew. */
async function follow(ctx: Ctx, node: SettlementNode, counted: SettleMetrics): Promise<never> {
  for (;;) {
    try {
      for await (const event of node.events({ signal: ctx.signal })) counted.happened(event)
    } catch (e) {
      if (!(e instanceof ZkStackError) || e.code !== 'EVENTS_LOST') throw e
      counted.eventsLost()
    }
    ctx.throwIfCanceled()
  }
}

/** The node, with the time of each certificate taken from its acceptance on. */
function counting(node: SettlementNode, counted: SettleMetrics): SettlementService['node'] {
  return {
    ...node,
    async submit(certificate, o) {
      const accepted = await node.submit(certificate, o)
      if (accepted.ok && accepted.value.isNew) counted.accepted(accepted.value.certificateId)
      return accepted
    },
  }
}

interface Served {
  readonly service: SettlementService
  readonly notifications: SettlementNotifications
  readonly readiness: () => Promise<Readiness>
  readonly token: string | undefined
  readonly tls: ServerTls | undefined
  readonly logger: Logger
}

interface Servers extends AsyncDisposable {
  readonly read: RpcServer
  readonly admin: RpcServer | undefined
}

async function servers({ rpc }: SettleConfig, parts: Served): Promise<Servers> {
  const { service, notifications, readiness, token, logger } = parts
  const common: Omit<RpcServerOptions, 'methods' | 'port'> = { ...rpc, version, logger, readiness }
  const read = await serveRpc({
    ...common,
    methods: interopMethods(service),
    topics: notifications.chains,
    port: rpc.readPort,
  })
  try {
    const methods = adminMethods(service, { logger })
    const topics = notifications.operators
    const admin =
      token === undefined
        ? undefined
        : await serveRpc({ ...common, methods, topics, token, port: rpc.adminPort })
    const close = async (): Promise<void> => {
      await Promise.all([read.close(), admin?.close()])
    }
    return { read, admin, [Symbol.asyncDispose]: close }
  } catch (e) {
    await read.close()
    throw e
  }
}

function grpcServer(
  { rpc, grpc }: SettleConfig,
  { service, tls, readiness, logger }: Served,
): Promise<GrpcServer> {
  return serveGrpc({
    ...grpc,
    methods: nodeServices(service),
    files: nodeServiceFiles(),
    tls,
    host: rpc.host,
    timeoutMs: rpc.timeoutMs,
    readiness,
    logger,
  })
}

async function metricsServer(
  { metricsListen }: SettleConfig,
  parts: {
    readonly node: SettlementNode
    readonly metrics: PrometheusMetrics
    readonly counted: SettleMetrics
    readonly logger: Logger
  },
): Promise<{ readonly url: string } & AsyncDisposable> {
  const { node, metrics, counted, logger } = parts
  const process = processMetrics(metrics)
  const expose = async (accept: string | undefined): Promise<Exposition> => {
    process.sample()
    await counted.sample(node.store)
    return metrics.expose(accept)
  }
  const server = await serveMetrics(metricsListen, expose, logger)
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      process[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
