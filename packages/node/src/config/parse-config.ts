import { resolve } from 'node:path'
import { logLevels } from '@zkstack/concurrency'
import { parseNodePublicKey, type StaticPeer } from '@zkstack/executor'
import { parseBootstrapPeer, parseHostPort } from '@zkstack/network'
import { ConfigError } from './config-error.js'
import { ConfigTable } from './config-table.js'
import type { NodeConfig, SecretSource } from './node-config.js'
import { parseToml } from './parse-toml.js'

const MEBIBYTE = 1024 * 1024

const ROOT_KEYS = [
  'genesis',
  'execution',
  'executionOptions',
  'data',
  'listen',
  'publicAddr',
  'onGenesisChange',
  'buildVersion',
  'nodeKey',
  'validatorKey',
  'peers',
  'http',
  'log',
  'recording',
  'retention',
  'limits',
  'timing',
]

/**
 * Reads the text of a configuration file: TOML with the names of the library's options.
 *
 * @param folder that relative paths start from: the file's own
 * @throws ConfigError
 */
export function parseConfig(text: string, folder: string): NodeConfig {
  const root = new ConfigTable(parseToml(text), '', ROOT_KEYS)
  const path = (value: string): string => resolve(folder, value)
  const execution = root.text('execution')
  const http = root.table('http', ['listen', 'allowOrigins'])
  return {
    genesis: path(root.text('genesis')),
    execution: execution.startsWith('builtin:') ? execution : path(execution),
    executionOptions: root.anything('executionOptions'),
    data: path(root.text('data')),
    listen: requiredAddress(root, 'listen'),
    publicAddr: optionalAddress(root, 'publicAddr'),
    onGenesisChange: root.optionalOneOf('onGenesisChange', ['refuse', 'reset']),
    buildVersion: root.optionalText('buildVersion'),
    nodeKey: secretOf(root, 'nodeKey', path),
    validatorKey: root.has('validatorKey') ? secretOf(root, 'validatorKey', path) : undefined,
    peers: peersOf(root),
    httpListen: optionalAddress(http, 'listen'),
    httpAllowOrigins: http.texts('allowOrigins').map((text, i) => origin(text, i)),
    logLevel: root.table('log', ['level']).optionalOneOf('level', logLevels) ?? 'info',
    recording: recordingOf(root, path),
    retention: retentionOf(root),
    limits: limitsOf(root),
    timing: timingOf(root),
  }
}

function secretOf(root: ConfigTable, key: string, path: (value: string) => string): SecretSource {
  if (!root.has(key)) {
    throw new ConfigError('CONFIG_MISSING', key, 'is missing: give { file = "…" } or { env = "…" }')
  }
  const table = root.table(key, ['file', 'env'])
  const file = table.optionalText('file')
  const env = table.optionalText('env')
  if (file !== undefined && env === undefined) return { file: path(file) }
  if (env !== undefined && file === undefined) return { env }
  throw new ConfigError('CONFIG_INVALID', key, 'give either file or env')
}

function requiredAddress(table: ConfigTable, key: string): string {
  return checkedAddress(table, key, table.text(key))
}

function optionalAddress(table: ConfigTable, key: string): string | undefined {
  const value = table.optionalText(key)
  return value === undefined ? undefined : checkedAddress(table, key, value)
}

function checkedAddress(table: ConfigTable, key: string, value: string): string {
  try {
    parseHostPort(value)
    return value
  } catch (cause) {
    throw new ConfigError(
      'CONFIG_INVALID',
      table.at(key),
      'expected host:port, such as "0.0.0.0:3054" or "[::1]:3054"',
      { cause },
    )
  }
}

function origin(text: string, index: number): string {
  if (text === '*' || (URL.canParse(text) && new URL(text).origin === text)) return text
  const problem = `expected * or an origin such as "https://example.org", without a path`
  throw new ConfigError('CONFIG_INVALID', `http.allowOrigins[${index}]`, problem)
}

function recordingOf(root: ConfigTable, path: (value: string) => string): NodeConfig['recording'] {
  if (!root.has('recording')) return undefined
  const table = root.table('recording', ['file', 'maxBytes'])
  const maxBytes = table.optionalInteger('maxBytes', MEBIBYTE, 4096 * MEBIBYTE)
  return { path: path(table.text('file')), ...present({ maxBytes }) }
}

function retentionOf(root: ConfigTable): NodeConfig['retention'] {
  if (!root.has('retention')) return undefined
  const table = root.table('retention', ['blocks', 'ageMs'])
  const blocks = table.optionalInteger('blocks', 1, 2 ** 48)
  const ageMs = table.optionalInteger('ageMs', 1_000, 2 ** 48)
  if (blocks !== undefined && ageMs === undefined) return { blocks }
  if (ageMs !== undefined && blocks === undefined) return { ageMs }
  throw new ConfigError('CONFIG_INVALID', 'retention', 'give either blocks or ageMs')
}

function peersOf(root: ConfigTable): NodeConfig['peers'] {
  const peers = root.table('peers', [
    'outbound',
    'inbound',
    'maxDynamicInbound',
    'maxDynamicOutbound',
    'maxInboundPerHost',
    'maxInboundPerSecondPerHost',
    'maxInboundPerSecond',
    'bootstrap',
  ])
  return {
    outbound: peers.tables('outbound', ['key', 'addr']).map((peer): StaticPeer => ({
      key: publicKey(peer.text('key'), peer.at('key')),
      addr: requiredAddress(peer, 'addr'),
    })),
    inbound: peers
      .texts('inbound')
      .map((text, i) => publicKey(text, `${peers.at('inbound')}[${i}]`)),
    maxDynamicInbound: peers.optionalInteger('maxDynamicInbound', 0, 100_000),
    maxDynamicOutbound: peers.optionalInteger('maxDynamicOutbound', 0, 100_000),
    transport: present({
      maxInboundPerHost: peers.optionalInteger('maxInboundPerHost', 1, 100_000),
      maxInboundPerSecondPerHost: peers.optionalInteger('maxInboundPerSecondPerHost', 1, 10_000),
      maxInboundPerSecond: peers.optionalInteger('maxInboundPerSecond', 1, 10_000),
    }),
    bootstrap: peers
      .texts('bootstrap')
      .map((text, i) => bootstrapPeer(text, `${peers.at('bootstrap')}[${i}]`)),
  }
}

function bootstrapPeer(text: string, key: string): string {
  try {
    parseBootstrapPeer(text)
    return text
  } catch (cause) {
    const expected = 'expected "node:public:ed25519:…@host:port", or a PeerId before the @'
    throw new ConfigError('CONFIG_INVALID', key, expected, { cause })
  }
}

function publicKey(text: string, key: string): Uint8Array {
  const parsed = parseNodePublicKey(text)
  if (parsed.ok) return parsed.value
  throw new ConfigError('CONFIG_INVALID', key, parsed.error.message)
}

function limitsOf(root: ConfigTable): NodeConfig['limits'] {
  const limits = root.table('limits', [
    'maxPayloadBytes',
    'maxTransactionBytes',
    'maxQueuedBlocks',
    'workers',
  ])
  return present({
    maxPayloadBytes: limits.optionalInteger('maxPayloadBytes', 1, 64 * MEBIBYTE),
    maxTransactionBytes: limits.optionalInteger('maxTransactionBytes', 1, 16 * MEBIBYTE),
    maxQueuedBlocks: limits.optionalInteger('maxQueuedBlocks', 1, 10_000),
    workers: limits.optionalInteger('workers', 0, 64),
  })
}

function timingOf(root: ConfigTable): NodeConfig['timing'] {
  const timing = root.table('timing', ['viewTimeoutMs', 'pingMs'])
  return present({
    viewTimeoutMs: timing.optionalInteger('viewTimeoutMs', 10, 3_600_000),
    pingMs: timing.optionalInteger('pingMs', 10, 3_600_000),
  })
}

/** An object without its undefined fields. */
function present<T extends object>(o: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(o).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
