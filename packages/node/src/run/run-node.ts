import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorOf, isCanceled, onAbort, ZkStackError, type Logger } from '@zkstack/concurrency'
import {
  createNode,
  levelStore,
  libp2pTransport,
  NodeError,
  NodeOptionError,
  type ConsensusNode,
  type NodeOptions,
} from '@zkstack/executor'
import { ConfigError } from '../config/config-error.js'
import type { NodeConfig } from '../config/node-config.js'
import { readGenesis, readNodeKey, readValidatorKey } from '../config/read-files.js'
import { serveStatus, type StatusServer } from '../http/status-server.js'
import { prometheusMetrics } from '../metrics/prometheus-metrics.js'
import { keepEvidence } from './keep-evidence.js'
import { loadExecution } from './load-execution.js'

/** What {@link runNode} takes beside a configuration. */
export interface RunNodeOptions {
  readonly env: NodeJS.ProcessEnv
  readonly logger: Logger
  /** Ends the node in order when it aborts. */
  readonly signal: AbortSignal
  /** Called once the node listens. */
  onStarted(started: { readonly node: ConsensusNode; readonly url: string | undefined }): void
  /** Called once the execution layer has to end, for whatever reason; that may take for ever. */
  onEnding(): void
}

/** How long the execution layer may commit what is on disk when the node stops, in milliseconds. */
const DRAIN_MS = 2_000

/** Everything of a configuration that lies in files, read and checked. */
type Identity = Pick<NodeOptions, 'genesis' | 'nodeKey' | 'validatorKey'>

/** Reads keys and genesis. @throws ConfigError */
export async function readIdentity(config: NodeConfig, env: NodeJS.ProcessEnv): Promise<Identity> {
  const genesis = await readGenesis(config.genesis)
  const nodeKey = await readNodeKey(config.nodeKey, env)
  if (config.validatorKey === undefined) return { genesis, nodeKey }
  return { genesis, nodeKey, validatorKey: await readValidatorKey(config.validatorKey, env) }
}

/**
 * Runs a node until the signal aborts, then stops it in order: status server, node, execution layer, store.
 *
 * @throws ConfigError, NodeOptionError, and whatever makes a start or a running node fail; everything is closed then.
 */
export async function runNode(config: NodeConfig, o: RunNodeOptions): Promise<void> {
  const identity = await readIdentity(config, o.env)
  const { genesis } = identity
  const metrics = prometheusMetrics()
  await mkdir(config.data, { recursive: true })
  await using store = await levelStore(join(config.data, 'consensus'))
  const module = await loadExecution(config, { genesis, logger: o.logger })
  try {
    await using node = await createNode({
      ...identity,
      ...nodeOptions(config),
      store,
      execution: module.execution,
      ...(module.mempool === undefined ? {} : { mempool: module.mempool }),
      ...(module.validators === undefined ? {} : { validators: module.validators }),
      logger: o.logger,
      metrics,
      signal: o.signal,
    })
    await using _ = keepEvidence({
      node,
      folder: join(config.data, 'evidence'),
      logger: o.logger,
    })
    await using server = await serverOf(config, {
      node,
      metrics,
      chain: { genesis, epochs: store.epochs, allowOrigins: config.httpAllowOrigins },
      logger: o.logger,
    })
    o.onStarted({ node, url: server.url })
    await Promise.race([aborted(o.signal), node.closed])
    await server.close()
    await node.stop({ drainMs: DRAIN_MS })
  } catch (error) {
    // The caller is not told before the execution layer has ended.
    if (!isCanceled(error)) o.logger.error('the node ends', { error })
    throw error
  } finally {
    o.onEnding()
    await module[Symbol.asyncDispose]?.()
  }
}

/** The options of a node that stand in its configuration. */
export function nodeOptions(
  config: NodeConfig,
): Pick<NodeOptions, 'listen' | 'peers' | 'transport' | 'limits' | 'timing'> &
  Partial<NodeOptions> {
  const { publicAddr, onGenesisChange, buildVersion, recording } = config
  const { outbound, inbound, bootstrap, maxDynamicInbound, maxDynamicOutbound, transport } =
    config.peers
  return {
    listen: config.listen,
    peers: {
      outbound: [...outbound],
      inbound: [...inbound],
      bootstrap: [...bootstrap],
      ...(maxDynamicInbound === undefined ? {} : { maxDynamicInbound }),
      ...(maxDynamicOutbound === undefined ? {} : { maxDynamicOutbound }),
    },
    transport: libp2pTransport(transport),
    ...(config.retention && { retention: config.retention }),
    limits: config.limits,
    timing: config.timing,
    ...(publicAddr === undefined ? {} : { publicAddr }),
    ...(onGenesisChange === undefined ? {} : { onGenesisChange }),
    ...(buildVersion === undefined ? {} : { buildVersion }),
    ...(recording === undefined ? {} : { recording }),
  }
}

/** A status server, or nothing that can be closed like one. */
type MaybeServer = Pick<StatusServer, 'close'> &
  AsyncDisposable & { readonly url: string | undefined }

async function serverOf(
  config: NodeConfig,
  o: Parameters<typeof serveStatus>[0],
): Promise<MaybeServer> {
  if (config.httpListen === undefined) {
    const close = (): Promise<void> => Promise.resolve()
    return { url: undefined, close, [Symbol.asyncDispose]: close }
  }
  try {
    return await serveStatus({ ...o, listen: config.httpListen })
  } catch (cause) {
    const problem = `cannot listen on ${config.httpListen}: ${errorOf(cause).message}`
    throw new ZkStackError('STATUS_LISTEN_FAILED', `http.listen: ${problem}`, { cause })
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    onAbort(signal, () => {
      resolve()
    })
  })
}

/** Codes of a start with a genesis that the data does not belong to. */
const WRONG_GENESIS: readonly string[] = ['WRONG_CHAIN', 'FORK_REGRESSED', 'GENESIS_MISMATCH']

/** Whether an error is one of the configuration, so that starting again will not help. */
export function isConfigError(e: unknown): boolean {
  if (e instanceof NodeError) return WRONG_GENESIS.includes(e.code)
  return e instanceof ConfigError || e instanceof NodeOptionError
}
