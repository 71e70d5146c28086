import { errorOf, realClock, silentLogger, silentMetrics, systemRandom } from '@zkstack/concurrency'
import type { Clock, Logger, MetricsSink, Random, Tracer } from '@zkstack/concurrency'
import type { SignatureWorkers } from '@zkstack/crypto'
import { libp2pTransport, networkLimits } from '@zkstack/network'
import type { NetworkLimits, NetworkTransport, PeersInit } from '@zkstack/network'
import type {
  BlockSource,
  ExecutionLayer,
  Mempool,
  NodeStore,
  ValidatorSource,
} from '@zkstack/storage'
import type { Genesis, NodeSecretKey } from '@zkstack/roles'
import { NodeOptionError } from '../errors.js'
import type { RecordingOptions } from '../recording/open-recording.js'
import type { Retention } from '../retention/retention.js'
import { signerOf, type Signer } from '../signer.js'
import type { NodeOptions } from './node-options.js'

/** Options with their defaults filled in, checked against the genesis. */
export interface ResolvedOptions {
  readonly genesis: Genesis
  readonly nodeKey: NodeSecretKey
  /** Absent: no validator key was given. */
  readonly signer: Signer | undefined
  /** Whether we may ever vote: our key is in the schedule of the genesis, or the committees change. */
  readonly mayVote: boolean
  readonly execution: ExecutionLayer
  readonly store: NodeStore
  /** Absent: the genesis names the committee. */
  readonly validators: ValidatorSource | undefined
  /** Largest committee that messages are made for. */
  readonly maxValidators: number
  readonly listen: string
  readonly publicAddr: string | undefined
  readonly peers: PeersInit
  readonly mempool: Mempool | undefined
  readonly fallback: BlockSource | undefined
  readonly retention: Retention | undefined
  readonly onGenesisChange: 'refuse' | 'reset'
  readonly limits: NetworkLimits
  readonly maxQueuedBlocks: number
  /** Threads that check signatures; undefined: as many as there are cores to spare. */
  readonly workers: number | undefined
  readonly signatureWorkers: SignatureWorkers | undefined
  readonly viewTimeoutMs: number
  readonly buildVersion: string | undefined
  readonly logger: Logger
  readonly metrics: MetricsSink
  readonly tracer: Tracer | undefined
  readonly recording: RecordingOptions | undefined
  readonly transport: NetworkTransport
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal | undefined
}

const DEFAULT_VIEW_TIMEOUT_MS = 2_000
/** A committee of Era has dozens; the sizes of messages grow with it. */
const DEFAULT_MAX_VALIDATORS = 100
/** Era has 20; here all that wait while the disk is busy are written together, and their bytes are bounded too. */
const DEFAULT_QUEUED_BLOCKS = 128

/** Fills in defaults. @throws NodeOptionError `VALIDATOR_KEY_SCHEME`, `OPTION_INVALID`. */
export function resolveOptions(o: NodeOptions, genesis: Genesis): ResolvedOptions {
  const signer = o.validatorKey === undefined ? undefined : signerOf(o.validatorKey, genesis.scheme)
  if (signer !== undefined) checkScheme(signer, o, genesis)
  return {
    genesis,
    nodeKey: o.nodeKey,
    signer,
    mayVote: signer !== undefined && isPossibleMember(signer, genesis),
    execution: o.execution,
    store: o.store,
    validators: o.validators,
    maxValidators: maxValidatorsOf(o, genesis),
    listen: o.listen,
    publicAddr: o.publicAddr,
    peers: o.peers ?? {},
    mempool: o.mempool,
    fallback: o.fallback,
    retention: o.retention,
    onGenesisChange: o.onGenesisChange ?? 'refuse',
    limits: limitsOf(o, genesis),
    maxQueuedBlocks: o.limits?.maxQueuedBlocks ?? DEFAULT_QUEUED_BLOCKS,
    workers: o.limits?.workers,
    signatureWorkers: o.signatureWorkers,
    viewTimeoutMs: o.timing?.viewTimeoutMs ?? DEFAULT_VIEW_TIMEOUT_MS,
    buildVersion: o.buildVersion,
    logger: o.logger ?? silentLogger,
    metrics: o.metrics ?? silentMetrics,
    tracer: o.tracer,
    recording: o.recording,
    transport: o.transport ?? libp2pTransport(),
    clock: o.clock ?? realClock,
    random: o.random ?? systemRandom,
    signal: o.signal,
  }
}

function isPossibleMember(signer: Signer, { schedule }: Genesis): boolean {
  return schedule === undefined || schedule.indexOf(signer.publicKey) !== undefined
}

function maxValidatorsOf(o: NodeOptions, { schedule }: Genesis): number {
  return schedule?.length ?? o.limits?.maxValidators ?? DEFAULT_MAX_VALIDATORS
}

function checkScheme(signer: Signer, o: NodeOptions, genesis: Genesis): void {
  const { scheme } = genesis
  const own =
    o.validatorKey !== undefined && 'scheme' in o.validatorKey ? o.validatorKey.scheme : undefined
  const matches = own === undefined || own.id === scheme.id
  if (matches && scheme.importPublicKey(signer.publicKey) !== undefined) return
  throw new NodeOptionError(
    'VALIDATOR_KEY_SCHEME',
    'options.validatorKey',
    matches
      ? `is no public key of ${scheme.name}`
      : `is a key of ${own.name}, but the genesis says ${scheme.name}`,
    `Give the key that was made for this chain, 'validator:secret:${scheme.name}:…'; leave it out for a full node`,
  )
}

function limitsOf(o: NodeOptions, genesis: Genesis): NetworkLimits {
  const { maxPayloadBytes, maxTransactionBytes, network } = o.limits ?? {}
  try {
    return networkLimits({
      ...network,
      ...(maxPayloadBytes === undefined ? {} : { maxPayloadBytes }),
      ...(maxTransactionBytes === undefined ? {} : { maxTransactionBytes }),
      ...(o.timing?.pingMs === undefined ? {} : { pingIntervalMs: o.timing.pingMs }),
      genesis,
      maxValidators: maxValidatorsOf(o, genesis),
    })
  } catch (e) {
    throw new NodeOptionError(
      'OPTION_INVALID',
      'options.limits.network',
      errorOf(e).message,
      'Give positive numbers, or leave it out',
    )
  }
}
