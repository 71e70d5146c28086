import { seededRandom } from '@zkstack/concurrency'
import { formatNodePublicKey, generateNodeKey, generateValidatorKey } from '@zkstack/roles'
import { memoryStore } from '@zkstack/storage'
import type { NodeOptions } from '../../src/index.js'
import { genesisOf, schemeOf } from './genesis-fixture.js'

const random = seededRandom('options')
const ed25519 = schemeOf(2)
const minPk = schemeOf(1)
export const nodeKey = generateNodeKey(random)
const peerKey = generateNodeKey(random).publicKey
export const validatorKey = generateValidatorKey(ed25519, random)

/** Options that a node starts with. */
export function good(): NodeOptions {
  return {
    genesis: genesisOf(validatorKey),
    nodeKey,
    validatorKey,
    listen: '127.0.0.1:0',
    store: memoryStore(),
    execution: {
      propose: () => Promise.resolve(null),
      verify: () => Promise.resolve({ ok: true }),
      commit: () => Promise.resolve(),
    },
  }
}

/** Options that are refused, and how. */
export interface WrongOptions {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly code: string
  readonly path: string
}

const minPkKey = generateValidatorKey(minPk, random)

/** Options that are refused, in place of good ones. */
export const wrongOptions: readonly WrongOptions[] = [
  {
    name: 'no node key',
    options: { nodeKey: undefined },
    code: 'OPTION_MISSING',
    path: 'options.nodeKey',
  },
  {
    name: 'a text as node key',
    options: { nodeKey: 'node:secret:ed25519:00' },
    code: 'OPTION_INVALID',
    path: 'options.nodeKey',
  },
  {
    name: 'a validator key as node key',
    options: { nodeKey: validatorKey },
    code: 'OPTION_INVALID',
    path: 'options.nodeKey',
  },
  {
    name: 'a node key as validator key',
    options: { validatorKey: nodeKey },
    code: 'OPTION_INVALID',
    path: 'options.validatorKey',
  },
  {
    name: 'a signer without sign',
    options: { validatorKey: { publicKey: validatorKey.publicKey } },
    code: 'OPTION_MISSING',
    path: 'options.validatorKey.sign',
  },
  {
    name: 'a validator key of another scheme',
    options: { validatorKey: minPkKey },
    code: 'VALIDATOR_KEY_SCHEME',
    path: 'options.validatorKey',
  },
  {
    name: 'a signer whose public key is none',
    options: {
      validatorKey: {
        publicKey: new Uint8Array(32),
        sign: () => Promise.resolve(new Uint8Array(64)),
      },
    },
    code: 'VALIDATOR_KEY_SCHEME',
    path: 'options.validatorKey',
  },
  {
    name: 'a path as recording',
    options: { recording: '/tmp/recording' },
    code: 'OPTION_INVALID',
    path: 'options.recording',
  },
  {
    name: 'a recording without a path',
    options: { recording: { maxBytes: 1_000_000 } },
    code: 'OPTION_MISSING',
    path: 'options.recording.path',
  },
  {
    name: 'a recording that is too small',
    options: { recording: { path: '/tmp/recording', maxBytes: 1_000 } },
    code: 'OPTION_INVALID',
    path: 'options.recording.maxBytes',
  },
  {
    name: 'a recording sink without begin',
    options: { recording: { sink: { append: () => true } } },
    code: 'OPTION_MISSING',
    path: 'options.recording.sink.begin',
  },
  {
    name: 'a recording with both path and sink',
    options: { recording: { path: 'x', sink: { begin: () => undefined, append: () => true } } },
    code: 'OPTION_UNKNOWN',
    path: 'options.recording.path',
  },
  {
    name: 'no genesis',
    options: { genesis: undefined },
    code: 'OPTION_MISSING',
    path: 'options.genesis',
  },
  {
    name: 'a genesis as text',
    options: { genesis: '{}' },
    code: 'OPTION_INVALID',
    path: 'options.genesis',
  },
  {
    name: 'a result of parseGenesis',
    options: { genesis: { ok: true, value: genesisOf(validatorKey) } },
    code: 'OPTION_INVALID',
    path: 'options.genesis',
  },
  {
    name: 'a genesis without a committee',
    options: { genesis: genesisOf(validatorKey, { schedule: false }) },
    code: 'GENESIS_NO_SCHEDULE',
    path: 'options.genesis.schedule',
  },
  {
    name: 'a genesis whose hash is not its own',
    options: { genesis: { ...genesisOf(validatorKey), chainId: 2n } },
    code: 'GENESIS_INVALID',
    path: 'options.genesis.hash',
  },
  {
    name: 'a genesis with a field out of range',
    options: { genesis: { ...genesisOf(validatorKey), chainId: -1n } },
    code: 'GENESIS_INVALID',
    path: 'options.genesis',
  },
  {
    name: 'no proofs of possession',
    options: { genesis: genesisOf(minPkKey), validatorKey: minPkKey },
    code: 'PROOF_OF_POSSESSION',
    path: 'options.genesis.proofsOfPossession[0]',
  },
  {
    name: 'a wrong proof of possession',
    options: {
      genesis: genesisOf(minPkKey, {
        proofs: [generateValidatorKey(minPk, random).provePossession()],
      }),
      validatorKey: minPkKey,
    },
    code: 'PROOF_OF_POSSESSION',
    path: 'options.genesis.proofsOfPossession[0]',
  },
  {
    name: 'an unknown field',
    options: { lisen: '127.0.0.1:1' },
    code: 'OPTION_UNKNOWN',
    path: 'options.lisen',
  },
  {
    name: 'an unknown limit',
    options: { limits: { maxPayload: 1 } },
    code: 'OPTION_UNKNOWN',
    path: 'options.limits.maxPayload',
  },
  {
    name: 'an unknown time',
    options: { timing: { viewTimeout: 1 } },
    code: 'OPTION_UNKNOWN',
    path: 'options.timing.viewTimeout',
  },
  {
    name: 'a limit below its range',
    options: { limits: { maxPayloadBytes: 0 } },
    code: 'OPTION_INVALID',
    path: 'options.limits.maxPayloadBytes',
  },
  {
    name: 'shared threads that are a number',
    options: { signatureWorkers: 2 },
    code: 'OPTION_INVALID',
    path: 'options.signatureWorkers',
  },
  {
    name: 'shared threads beside threads of its own',
    options: {
      signatureWorkers: { verifyAggregate: () => true, giveBack: () => true },
      limits: { workers: 1 },
    },
    code: 'OPTION_INVALID',
    path: 'options.limits.workers',
  },
  {
    name: 'a network limit of zero',
    options: { limits: { network: { syncWindow: 0 } } },
    code: 'OPTION_INVALID',
    path: 'options.limits.network',
  },
  {
    name: 'a time that is no number',
    options: { timing: { viewTimeoutMs: '2s' } },
    code: 'OPTION_INVALID',
    path: 'options.timing.viewTimeoutMs',
  },
  {
    name: 'nothing to listen on',
    options: { listen: undefined },
    code: 'OPTION_MISSING',
    path: 'options.listen',
  },
  {
    name: 'a port alone',
    options: { listen: '3054' },
    code: 'OPTION_INVALID',
    path: 'options.listen',
  },
  {
    name: 'a port above 65535',
    options: { listen: '0.0.0.0:70000' },
    code: 'OPTION_INVALID',
    path: 'options.listen',
  },
  {
    name: 'a public address with port 0',
    options: { publicAddr: 'node.example:0' },
    code: 'OPTION_INVALID',
    path: 'options.publicAddr',
  },
  {
    name: 'a peer without a key',
    options: { peers: { outbound: [{ addr: 'a:1' }] } },
    code: 'OPTION_INVALID',
    path: 'options.peers.outbound[0].key',
  },
  {
    name: 'a peer with a bad address',
    options: {
      peers: {
        outbound: [
          { key: peerKey, addr: 'a:1' },
          { key: peerKey, addr: 'a' },
        ],
      },
    },
    code: 'OPTION_INVALID',
    path: 'options.peers.outbound[1].addr',
  },
  {
    name: 'an inbound key that is none',
    options: { peers: { inbound: [new Uint8Array(32)] } },
    code: 'OPTION_INVALID',
    path: 'options.peers.inbound[0]',
  },
  {
    name: 'a bootstrap peer without a key',
    options: { peers: { bootstrap: [`${formatNodePublicKey(peerKey)}@a:1`, 'a:1'] } },
    code: 'OPTION_INVALID',
    path: 'options.peers.bootstrap[1]',
  },
  {
    name: 'a number of peers that is none',
    options: { peers: { maxDynamicOutbound: -1 } },
    code: 'OPTION_INVALID',
    path: 'options.peers.maxDynamicOutbound',
  },
  {
    name: 'committees that change, beside a genesis that fixes one',
    options: { validators: { scheduleAt: () => Promise.reject(new Error()) } },
    code: 'OPTION_INVALID',
    path: 'options.validators',
  },
  {
    name: 'a source of committees that does not name any',
    options: { validators: { changes: () => [] } },
    code: 'OPTION_MISSING',
    path: 'options.validators.scheduleAt',
  },
  {
    name: 'a fallback that has no head',
    options: { fallback: { fetch: () => undefined } },
    code: 'OPTION_MISSING',
    path: 'options.fallback.head',
  },
  {
    name: 'a retention of both kinds',
    options: { retention: { blocks: 10, ageMs: 10_000 } },
    code: 'OPTION_INVALID',
    path: 'options.retention',
  },
  {
    name: 'a retention of no block',
    options: { retention: { blocks: 0 } },
    code: 'OPTION_INVALID',
    path: 'options.retention.blocks',
  },
  {
    name: 'a retention with an execution layer that would need the whole chain at the next start',
    options: { retention: { blocks: 10 } },
    code: 'OPTION_MISSING',
    path: 'options.execution.lastCommitted',
  },
  {
    name: 'an execution layer without commit',
    options: { execution: { propose: () => null, verify: () => null } },
    code: 'OPTION_MISSING',
    path: 'options.execution.commit',
  },
  {
    name: 'an execution layer whose verify is no function',
    options: { execution: { ...good().execution, verify: true } },
    code: 'OPTION_INVALID',
    path: 'options.execution.verify',
  },
  {
    name: 'a path as store',
    options: { store: './data' },
    code: 'OPTION_INVALID',
    path: 'options.store',
  },
  {
    name: 'a promise of a store',
    options: { store: Promise.resolve(memoryStore()) },
    code: 'OPTION_MISSING',
    path: 'options.store.open',
  },
  {
    name: 'a word for onGenesisChange',
    options: { onGenesisChange: 'wipe' },
    code: 'OPTION_INVALID',
    path: 'options.onGenesisChange',
  },
  {
    name: 'a logger without child',
    options: { logger: { debug() {}, info() {}, warn() {}, error() {} } },
    code: 'OPTION_MISSING',
    path: 'options.logger.child',
  },
  {
    name: 'a signal that is none',
    options: { signal: {} },
    code: 'OPTION_INVALID',
    path: 'options.signal',
  },
]
