import { NodeSecretKey, ValidatorSecretKey } from '@zkstack/roles'
import { NodeOptionError } from '../errors.js'
import {
  checkAddress,
  checkInteger,
  checkOneOf,
  describe,
  refuseUnknown,
  requireMethods,
  requireObject,
  requirePresent,
  type Fields,
  type Methods,
} from './check.js'
import { checkGenesisShape } from './check-genesis.js'
import { checkPeers } from './check-peers.js'
import type { NodeOptions } from './node-options.js'

const KNOWN = [
  'genesis',
  'nodeKey',
  'validatorKey',
  'execution',
  'store',
  'listen',
  'publicAddr',
  'peers',
  'mempool',
  'validators',
  'fallback',
  'retention',
  'onGenesisChange',
  'limits',
  'signatureWorkers',
  'timing',
  'buildVersion',
  'logger',
  'metrics',
  'recording',
  'tracer',
  'transport',
  'clock',
  'random',
  'signal',
] as const

/**
 * Checks the shape of every option; nothing is started before it passes.
 * @throws NodeOptionError for the first wrong one.
 */
export function checkOptions(options: unknown): asserts options is NodeOptions {
  const o = requireObject(options, 'options', 'Pass an object to createNode')
  refuseUnknown(o, 'options', KNOWN)
  checkGenesisShape(o['genesis'], 'options.genesis')
  checkNodeKey(o['nodeKey'])
  checkValidatorKey(o['validatorKey'])
  checkExecution(o['execution'])
  checkStore(o['store'])
  checkValidators(o['validators'])
  if (o['listen'] !== '') {
    requirePresent(o['listen'], 'options.listen', "Give 'host:port', or '' to only dial")
    checkAddress(o['listen'], 'options.listen', { minPort: 0 })
  }
  if (o['publicAddr'] !== undefined)
    checkAddress(o['publicAddr'], 'options.publicAddr', { minPort: 1 })
  checkPeers(o['peers'], 'options.peers')
  checkOneOf(o['onGenesisChange'], 'options.onGenesisChange', ['refuse', 'reset'])
  checkLimits(o['limits'])
  checkSignatureWorkers(o)
  checkTiming(o['timing'])
  checkBuildVersion(o['buildVersion'])
  checkRecording(o['recording'])
  checkRetention(o)
  checkPlugs(o)
}

function checkNodeKey(value: unknown): void {
  const path = 'options.nodeKey'
  const remedy =
    "Give the key of this node: parseNodeKey('node:secret:ed25519:…'), or a new one from generateNodeKey()"
  requirePresent(value, path, remedy)
  if (value instanceof NodeSecretKey) return
  const what = value instanceof ValidatorSecretKey ? 'is a validator key' : `is ${describe(value)}`
  throw new NodeOptionError('OPTION_INVALID', path, what, remedy)
}

function checkValidatorKey(value: unknown): void {
  if (value === undefined || value instanceof ValidatorSecretKey) return
  const path = 'options.validatorKey'
  const remedy =
    "Give parseValidatorKey('validator:secret:…'), or a signer { publicKey, sign(hash, { signal }) }; leave it out for a full node"
  if (value instanceof NodeSecretKey) {
    throw new NodeOptionError('OPTION_INVALID', path, 'is a node key', remedy)
  }
  const signer = requireObject(value, path, remedy)
  requireMethods(signer, path, remedy, { required: ['sign'] })
  requirePresent(signer['publicKey'], `${path}.publicKey`, remedy)
  if (signer['publicKey'] instanceof Uint8Array) return
  throw new NodeOptionError(
    'OPTION_INVALID',
    `${path}.publicKey`,
    `is ${describe(signer['publicKey'])}, not bytes`,
    'Give the encoded public key as a Uint8Array',
  )
}

function checkExecution(value: unknown): void {
  requireMethods(
    value,
    'options.execution',
    'Give an object with propose, verify and commit: the execution layer',
    {
      required: ['propose', 'verify', 'commit'],
      optional: ['lastCommitted', 'verifyPreGenesis'],
    },
  )
}

function checkStore(value: unknown): void {
  const path = 'options.store'
  requireMethods(value, path, 'Give await levelStore(path), or memoryStore() for tests', {
    required: ['open', 'range', 'get', 'append', 'watch', 'load', 'save', 'highestEpoch'],
    optional: ['getEncoded', 'appendAndSave', 'prune'],
  })
  const { epochs, addresses, marks } = value as Fields
  const remedy = 'Give a store that keeps epochs, as levelStore and memoryStore do'
  requireMethods(epochs, `${path}.epochs`, remedy, { required: ['latest', 'get', 'save'] })
  checkPart(addresses, `${path}.addresses`, { required: ['version', 'saveVersion'] })
  checkPart(marks, `${path}.marks`, { required: ['load', 'save'] })
}

/** An object that may be absent. */
function checkPart(value: unknown, path: string, methods: Methods): void {
  if (value === undefined) return
  const remedy = `Give an object with ${methods.required.join(', ')}, or leave it out`
  requireMethods(value, path, remedy, methods)
}

function checkValidators(value: unknown): void {
  if (value === undefined) return
  requireMethods(
    value,
    'options.validators',
    'Give an object with scheduleAt, and changes if it can push; leave it out when the genesis names the committee',
    { required: ['scheduleAt'], optional: ['changes'] },
  )
}

const MEBIBYTE = 1024 * 1024

function checkLimits(value: unknown): void {
  if (value === undefined) return
  const path = 'options.limits'
  const limits = requireObject(value, path, 'Give an object, or leave it out')
  refuseUnknown(limits, path, [
    'maxPayloadBytes',
    'maxValidators',
    'maxTransactionBytes',
    'maxQueuedBlocks',
    'workers',
    'network',
  ])
  checkInteger(limits['maxPayloadBytes'], `${path}.maxPayloadBytes`, {
    min: 1,
    max: 64 * MEBIBYTE,
    unit: 'bytes',
  })
  checkInteger(limits['maxValidators'], `${path}.maxValidators`, {
    min: 1,
    max: 10_000,
    unit: 'validators',
  })
  checkInteger(limits['maxTransactionBytes'], `${path}.maxTransactionBytes`, {
    min: 1,
    max: 16 * MEBIBYTE,
    unit: 'bytes',
  })
  checkInteger(limits['maxQueuedBlocks'], `${path}.maxQueuedBlocks`, {
    min: 1,
    max: 10_000,
    unit: 'blocks',
  })
  checkInteger(limits['workers'], `${path}.workers`, { min: 0, max: 64, unit: 'threads' })
  if (limits['network'] !== undefined) {
    requireObject(limits['network'], `${path}.network`, 'Give an object, or leave it out')
  }
}

function checkSignatureWorkers({ signatureWorkers, limits }: Fields): void {
  if (signatureWorkers === undefined) return
  const remedy = 'Give a SignatureWorkers of @zkstack/crypto; leave it out for threads of its own'
  const required = ['verifyAggregate', 'giveBack']
  requireMethods(signatureWorkers, 'options.signatureWorkers', remedy, { required })
  if ((limits as Fields | undefined)?.['workers'] === undefined) return
  throw new NodeOptionError(
    'OPTION_INVALID',
    'options.limits.workers',
    'is given beside options.signatureWorkers',
    'Give one of them',
  )
}

function checkTiming(value: unknown): void {
  if (value === undefined) return
  const path = 'options.timing'
  const timing = requireObject(value, path, 'Give an object, or leave it out')
  refuseUnknown(timing, path, ['viewTimeoutMs', 'pingMs'])
  checkInteger(timing['viewTimeoutMs'], `${path}.viewTimeoutMs`, {
    min: 10,
    max: 3_600_000,
    unit: 'milliseconds',
  })
  checkInteger(timing['pingMs'], `${path}.pingMs`, {
    min: 10,
    max: 3_600_000,
    unit: 'milliseconds',
  })
}

function checkBuildVersion(value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value.length <= 64)) return
  throw new NodeOptionError(
    'OPTION_INVALID',
    'options.buildVersion',
    `is ${describe(value)}`,
    'Give a text of at most 64 characters',
  )
}

function checkRecording(value: unknown): void {
  if (value === undefined) return
  const path = 'options.recording'
  const remedy =
    'Give { path } with maxBytes if you like, or { sink }; leave it out to keep nothing'
  const recording = requireObject(value, path, remedy)
  if (recording['sink'] !== undefined) {
    refuseUnknown(recording, path, ['sink'])
    requireMethods(recording['sink'], `${path}.sink`, remedy, { required: ['begin', 'append'] })
    return
  }
  refuseUnknown(recording, path, ['path', 'maxBytes'])
  requirePresent(recording['path'], `${path}.path`, remedy)
  if (typeof recording['path'] !== 'string' || recording['path'] === '') {
    const problem = `is ${describe(recording['path'])}`
    throw new NodeOptionError('OPTION_INVALID', `${path}.path`, problem, remedy)
  }
  checkInteger(recording['maxBytes'], `${path}.maxBytes`, {
    min: 64 * 1024,
    max: 4096 * MEBIBYTE,
    unit: 'bytes',
  })
}

function checkRetention({ retention: value, store, execution }: Fields): void {
  if (value === undefined) return
  const path = 'options.retention'
  const remedy = 'Give { blocks } or { ageMs }; leave it out to keep everything'
  const retention = requireObject(value, path, remedy)
  refuseUnknown(retention, path, ['blocks', 'ageMs'])
  if ((retention['blocks'] === undefined) === (retention['ageMs'] === undefined)) {
    throw new NodeOptionError('OPTION_INVALID', path, 'needs one of blocks and ageMs', remedy)
  }
  checkInteger(retention['blocks'], `${path}.blocks`, { min: 1, max: 2 ** 48, unit: 'blocks' })
  checkInteger(retention['ageMs'], `${path}.ageMs`, {
    min: 1_000,
    max: 2 ** 48,
    unit: 'milliseconds',
  })
  requireMethods(store, 'options.store', 'Give a store that can prune, or no options.retention', {
    required: ['prune'],
  })
  requireMethods(
    execution,
    'options.execution',
    'Implement lastCommitted: without it every start replays the blocks that were pruned; or give no options.retention',
    { required: ['lastCommitted'] },
  )
}

/** Replaceable parts: each is checked for the methods that will be called. */
const PLUGS: Readonly<Record<string, Methods>> = {
  mempool: { required: ['admit'], optional: ['pending'] },
  fallback: { required: ['head', 'fetch'] },
  logger: { required: ['debug', 'info', 'warn', 'error', 'child'] },
  metrics: { required: ['counter', 'gauge', 'histogram'] },
  tracer: { required: ['startSpan'] },
  transport: { required: ['start', 'dial', 'stop'] },
  clock: { required: ['now', 'nowUtc', 'setTimer'], optional: ['yieldTurn'] },
  random: { required: ['bytes', 'uint32', 'float'] },
}

function checkPlugs(o: Fields): void {
  for (const [name, methods] of Object.entries(PLUGS))
    checkPart(o[name], `options.${name}`, methods)
  if (o['signal'] === undefined || o['signal'] instanceof AbortSignal) return
  throw new NodeOptionError(
    'OPTION_INVALID',
    'options.signal',
    `is ${describe(o['signal'])}`,
    'Give the signal of an AbortController, or leave it out',
  )
}
