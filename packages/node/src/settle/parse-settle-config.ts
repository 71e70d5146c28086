import { resolve } from 'node:path'
import { fromHex, hash32, type Hash32 } from '@zkstack/crypto'
import { logLevels } from '@zkstack/concurrency'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { BatchLimit } from '@zkstack/rpc'
import { parseProverAddress, type EpochSchedule, type RateLimit } from '@zkstack/settlement'
import { ConfigError } from '../config/config-error.js'
import type { SecretSource } from '../config/node-config.js'
import { parseToml } from '../config/parse-toml.js'
import { signersOf } from './parse-signers.js'
import { clientTlsOf, serverTlsOf } from './parse-tls.js'
import type { ProverConfig, SettleConfig } from './settle-config.js'
import { addressOf, SettleTable } from './settle-table.js'
import { finalityOf, transactionPolicyOf } from './transaction-policy.js'

const MEBIBYTE = 1024 * 1024
const maxPort = 65_535

const rootKeys = [
  'log',
  'l1',
  'rpc',
  'grpc',
  'rate-limiting',
  'proof-signers',
  'auth',
  'telemetry',
  'epoch',
  'storage',
  'prover',
  'settlement',
  'debug-mode',
]

/** What upstream's node knows besides: taken, and without effect here. */
const ignoredKeys = [
  'full-node-rpcs',
  'l2',
  'shutdown',
  'certificate-orchestrator',
  'prover-buffer-size',
  'mock-verifier',
  'outbound',
]

/**
 * Reads the text of a settlement node's configuration: TOML with the names of Agglayer's node.
 *
 * @param folder that relative paths start from: the file's own
 * @param env whose ports take the place of the file's
 * @throws ConfigError
 */
export function parseSettleConfig(
  text: string,
  folder: string,
  env: NodeJS.ProcessEnv = {},
): SettleConfig {
  const root = new SettleTable(parseToml(text), '', [...rootKeys, ...ignoredKeys])
  const path = (value: string): string => resolve(folder, value)
  const settlement = root.table('settlement', ['pessimistic-proof-tx-config', 'l1-info-root'])
  const log = root.table('log', ['level', 'outputs', 'format'])
  return {
    logLevel: log.plain.optionalOneOf('level', logLevels) ?? 'info',
    l1: l1Of(root),
    rpc: rpcOf(root, path, env),
    grpc: grpcOf(root, path, env),
    metricsListen:
      root.table('telemetry', ['prometheus-addr']).plain.optionalText('prometheus-addr') ??
      '0.0.0.0:3000',
    signers: signersOf(root, path, env),
    epochs: epochsOf(root),
    storage: storageOf(root, path),
    prover: proverOf(root, path),
    transactions: transactionPolicyOf(
      settlement.table('pessimistic-proof-tx-config', [
        'retry-on-transient-failure',
        'retry-on-not-included-on-l1',
        'confirmations',
        'settlement-policy',
        'gas-limit-multiplier-factor',
        'gas-limit-ceiling',
        'max-fee-per-gas-floor',
        'max-fee-per-gas-ceiling',
        'max-fee-per-gas-multiplier-factor',
        'max-priority-fee-per-gas-floor',
        'max-priority-fee-per-gas-ceiling',
        'max-priority-fee-per-gas-multiplier-factor',
      ]),
    ),
    l1InfoRootFinality: settlement.plain.has('l1-info-root')
      ? finalityOf(settlement.table('l1-info-root', ['confirmations', 'settlement-policy']), 1)
      : undefined,
    proofSigners: proofSignersOf(root),
    rateLimits: rateLimitsOf(root),
    debug: root.flag('debug-mode'),
    ignored: ignoredOf(root),
  }
}

/** Keys that stand there and mean nothing. */
function ignoredOf(root: SettleTable): readonly string[] {
  const l1 = root.table('l1', l1Keys)
  const log = root.table('log', ['level', 'outputs', 'format'])
  return [
    ...ignoredKeys.filter((key) => root.plain.has(key)),
    ...ignoredL1Keys.filter((key) => l1.plain.has(key)).map((key) => l1.plain.at(key)),
    ...['outputs', 'format'].filter((key) => log.plain.has(key)).map((key) => log.plain.at(key)),
  ]
}

const ignoredL1Keys = ['connect-attempt-timeout', 'event-filter-block-range']

const l1Keys = [
  'chain-id',
  'node-url',
  'fallback-node-urls',
  'ws-node-url',
  'rpc-timeout',
  'poll-interval',
  'rollup-manager-contract',
  'polygon-zkevm-global-exit-root-v2-contract',
  'deployment-block',
  ...ignoredL1Keys,
]

function l1Of(root: SettleTable): SettleConfig['l1'] {
  const l1 = root.table('l1', l1Keys)
  const wsNodeUrl = webSocketOf(l1)
  const nodeUrls = [l1.plain.text('node-url'), ...l1.plain.texts('fallback-node-urls')]
  for (const url of nodeUrls) {
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) continue
    throw new ConfigError('CONFIG_INVALID', 'l1.node-url', 'expected an http: or https: URL')
  }
  return {
    chainId: l1.bigint('chain-id', 1337n),
    nodeUrls,
    wsNodeUrl,
    timeoutMs: l1.durationAboveZero('rpc-timeout', 45_000),
    // A subscription that stands leaves little to ask for.
    pollIntervalMs: l1.durationAboveZero('poll-interval', wsNodeUrl === undefined ? 2_000 : 12_000),
    addresses: {
      rollupManager: l1.address('rollup-manager-contract'),
      globalExitRootManager: l1.address('polygon-zkevm-global-exit-root-v2-contract'),
      deploymentBlock: l1.bigint('deployment-block', 0n),
    },
  }
}

function webSocketOf({ plain }: SettleTable): string | undefined {
  const url = plain.optionalText('ws-node-url')
  if (url === undefined || (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol))) return url
  throw new ConfigError('CONFIG_INVALID', plain.at('ws-node-url'), 'expected a ws: or wss: URL')
}

const rpcKeys = [
  'host',
  'grpc-port',
  'readrpc-port',
  'admin-port',
  'admin-token',
  'max-request-body-size',
  'max-response-body-size',
  'max-connections',
  'batch-request-limit',
  'request-timeout',
  'ping-interval',
  'max-subscriptions-per-connection',
]

function rpcOf(
  root: SettleTable,
  path: (value: string) => string,
  env: NodeJS.ProcessEnv,
): SettleConfig['rpc'] {
  const rpc = root.table('rpc', rpcKeys)
  const size = (key: string): number => rpc.integer(key, 10 * MEBIBYTE, 1024, 1024 * MEBIBYTE)
  return {
    host: rpc.plain.optionalText('host') ?? '0.0.0.0',
    readPort: portOf(env, 'AGGLAYER_READRPC_PORT', rpc.integer('readrpc-port', 9090, 0, maxPort)),
    adminPort: portOf(env, 'AGGLAYER_ADMIN_PORT', rpc.integer('admin-port', 9091, 0, maxPort)),
    adminToken: rpc.plain.has('admin-token') ? secretOf(rpc, 'admin-token', path) : undefined,
    maxRequestBytes: size('max-request-body-size'),
    maxResponseBytes: size('max-response-body-size'),
    maxConnections: rpc.integer('max-connections', 100, 1, 100_000),
    batchLimit: batchLimitOf(rpc),
    timeoutMs: rpc.durationAboveZero('request-timeout', 180_000),
    maxSubscriptions: rpc.integer('max-subscriptions-per-connection', 32, 0, 100_000),
    pingIntervalMs: Math.max(1_000, rpc.duration('ping-interval', 30_000)),
  }
}

function grpcOf(
  root: SettleTable,
  path: (value: string) => string,
  env: NodeJS.ProcessEnv,
): SettleConfig['grpc'] {
  const rpc = root.table('rpc', rpcKeys)
  const grpc = root.table('grpc', [
    'max-decoding-message-size',
    'max-encoding-message-size',
    'max-concurrent-calls',
    'tls',
  ])
  const size = (key: string): number => grpc.integer(key, 64 * MEBIBYTE, 1024, 1024 * MEBIBYTE)
  return {
    port: portOf(env, 'AGGLAYER_GRPC_PORT', rpc.integer('grpc-port', 9089, 0, maxPort)),
    tls: serverTlsOf(grpc, path),
    maxRequestBytes: size('max-decoding-message-size'),
    maxResponseBytes: size('max-encoding-message-size'),
    maxConcurrentCalls: grpc.integer('max-concurrent-calls', 100, 1, 100_000),
  }
}

function portOf(env: NodeJS.ProcessEnv, name: string, configured: number): number {
  const text = env[name]
  if (text === undefined || text === '') return configured
  if (/^\d{1,5}$/.test(text) && Number(text) <= maxPort) return Number(text)
  throw new ConfigError('CONFIG_INVALID', name, `expected a port, not "${text}"`)
}

/** `"unlimited"`, 0 for none at all, or how many calls. */
function batchLimitOf(rpc: SettleTable): BatchLimit {
  const key = 'batch-request-limit'
  if (rpc.entries().some(([name, value]) => name === key && value === 'unlimited'))
    return 'unlimited'
  const limit = rpc.plain.optionalInteger(key, 0, 1_000_000)
  return limit === 0 ? 'disabled' : (limit ?? 'unlimited')
}

function secretOf(table: SettleTable, key: string, path: (value: string) => string): SecretSource {
  const source = table.plain.table(key, ['file', 'env'])
  const [file, env] = [source.optionalText('file'), source.optionalText('env')]
  if (file !== undefined && env === undefined) return { file: path(file) }
  if (env !== undefined && file === undefined) return { env }
  throw new ConfigError('CONFIG_INVALID', table.plain.at(key), 'give either file or env')
}

function epochsOf(root: SettleTable): EpochSchedule {
  const epoch = root.table('epoch', ['block-clock', 'time-clock'])
  if (epoch.plain.has('time-clock')) {
    if (epoch.plain.has('block-clock'))
      throw new ConfigError('CONFIG_INVALID', 'epoch', 'give either block-clock or time-clock')
    const ms = epoch.table('time-clock', ['epoch-duration']).duration('epoch-duration', 60_000)
    if (ms >= 1_000) return { type: 'time', epochDuration: BigInt(Math.floor(ms / 1_000)) }
    const problem = 'expected a second or more'
    throw new ConfigError('CONFIG_INVALID', 'epoch.time-clock.epoch-duration', problem)
  }
  const clock = epoch.table('block-clock', ['epoch-duration', 'genesis-block'])
  return {
    type: 'block',
    epochDuration: BigInt(clock.integer('epoch-duration', 6, 1, Number.MAX_SAFE_INTEGER)),
    genesisBlock: clock.bigint('genesis-block', 0n),
  }
}

function storageOf(root: SettleTable, path: (value: string) => string): SettleConfig['storage'] {
  const storage = root.table('storage', ['db-path', 'backup'])
  const dbPath = path(storage.plain.optionalText('db-path') ?? './storage')
  if (!storage.plain.has('backup')) return { path: dbPath, backup: undefined }
  const backup = storage.table('backup', [
    'path',
    'state-max-backup-count',
    'pending-max-backup-count',
  ])
  // One database here: upstream's two counts are one.
  const pending = backup.integer('pending-max-backup-count', 100, 1, 1_000_000)
  const keep = backup.integer('state-max-backup-count', pending, 1, 1_000_000)
  return { path: dbPath, backup: { path: path(backup.plain.text('path')), keep } }
}

function proverOf(root: SettleTable, path: (value: string) => string): ProverConfig {
  const prover = root.table('prover', ['native', 'remote'])
  if (prover.plain.has('native') === prover.plain.has('remote')) {
    const problem = 'give either prover.remote or, for development, prover.native'
    throw new ConfigError('CONFIG_INVALID', 'prover', problem)
  }
  if (prover.plain.has('native')) {
    const native = prover.table('native', ['development-vkey'])
    return { type: 'native', developmentVKey: vkeyOf(native, 'development-vkey') }
  }
  const remote = prover.table('remote', [
    ...['endpoints', 'tls', 'vkey', 'development-vkey', 'timeout'],
  ])
  const endpoints = proverEndpointsOf(remote)
  if (remote.plain.has('vkey') && remote.plain.has('development-vkey')) {
    const problem = 'give either vkey or, for development, development-vkey'
    throw new ConfigError('CONFIG_INVALID', 'prover.remote.vkey', problem)
  }
  return {
    type: 'remote',
    endpoints,
    tls: clientTlsOf(remote, path),
    timeoutMs: remote.durationAboveZero('timeout', 301_000),
    accepts: remote.plain.has('development-vkey')
      ? { type: 'native', developmentVKey: vkeyOf(remote, 'development-vkey') }
      : { type: 'sp1', vkey: vkeyOf(remote, 'vkey') },
  }
}

function proverEndpointsOf({ plain }: SettleTable): readonly string[] {
  const endpoints = plain.texts('endpoints')
  if (endpoints.length === 0)
    throw new ConfigError('CONFIG_MISSING', plain.at('endpoints'), 'is missing: ["host:port"]')
  for (const [i, endpoint] of endpoints.entries()) {
    if (parseProverAddress(endpoint) !== undefined) continue
    const problem = 'expected host:port, https://host:port or http://host:port'
    throw new ConfigError('CONFIG_INVALID', `${plain.at('endpoints')}[${i}]`, problem)
  }
  return endpoints
}

function vkeyOf({ plain }: SettleTable, name: string): Hash32 {
  const [text, key] = [plain.text(name), plain.at(name)]
  const bytes = /^0x[0-9a-fA-F]{64}$/.test(text) ? fromHex(text.slice(2)) : undefined
  if (bytes !== undefined) return hash32(bytes)
  throw new ConfigError('CONFIG_INVALID', key, 'expected 0x and 64 hexadecimal digits')
}

function networkOf(text: string, key: string): NetworkId {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text)
  throw new ConfigError('CONFIG_INVALID', key, `expected the number of a network, not "${text}"`)
}

function proofSignersOf(root: SettleTable): SettleConfig['proofSigners'] {
  const signers = root.plain.anything('proof-signers')
  return new Map(
    Object.entries(signers).map(([network, signer]) => {
      const key = `proof-signers.${network}`
      return [networkOf(network, key), addressOf(signer, key)]
    }),
  )
}

const limitKeys = ['send-tx', 'send-certificate']

function rateLimitsOf(root: SettleTable): SettleConfig['rateLimits'] {
  const limits = root.table('rate-limiting', [...limitKeys, 'network'])
  const networks = Object.entries(limits.plain.anything('network'))
  return {
    default: rateLimitOf(limits, 'rate-limiting'),
    networks: new Map(
      networks.map(([network, value]) => {
        const at = `rate-limiting.network.${network}`
        return [networkOf(network, at), rateLimitOf(new SettleTable(value, at, limitKeys), at)]
      }),
    ),
  }
}

function rateLimitOf(table: SettleTable, at: string): RateLimit {
  const [, value] = table.entries().find(([name]) => name === 'send-certificate') ?? []
  if (value === undefined || value === 'unlimited') return 'unlimited'
  if (value === 'disabled') return 'disabled'
  const key = `${at}.send-certificate`
  const limit = new SettleTable(value, key, ['max-per-interval', 'time-interval'])
  const intervalMs = limit.duration('time-interval', 0)
  if (intervalMs > 0)
    return { maxPerInterval: limit.integer('max-per-interval', 0, 0, 1_000_000), intervalMs }
  throw new ConfigError('CONFIG_INVALID', `${key}.time-interval`, 'expected a duration above zero')
}
