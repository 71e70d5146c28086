import { Ctx, onAbort } from '@zkstack/concurrency'
import { formatValidatorPublicKey } from '@zkstack/roles'
import { assemble, type Assembly, type AssemblyInit } from './assembly.js'
import type { ConsensusNode } from './consensus-node.js'
import { NodeError } from './errors.js'
import { guardedLogger } from './guarded-logger.js'
import { NodeMetrics } from './node-metrics.js'
import type { NodeOptions } from './options/node-options.js'
import { prepareOptions } from './options/prepare-options.js'
import type { ResolvedOptions } from './options/resolve-options.js'
import { askLastCommitted, openNodeStore } from './open-node-store.js'
import { openRecording } from './recording/open-recording.js'
import { nextToCommit } from './recovery.js'
import { Reporter } from './reporter.js'
import { RunningNode } from './running-node.js'

/**
 * Starts a node: checks the options, binds the store to the genesis, asks the execution layer how far it is,
 * listens. What was on disk is committed, and consensus begins, after it returns; see `ready`.
 *
 * @throws NodeOptionError for a wrong option; NodeError `WRONG_CHAIN`, `FORK_REGRESSED`, `GENESIS_MISMATCH`,
 * `EXECUTION_AHEAD`, `EXECUTION_BEHIND`, `EXECUTION_FAILED`, `VALIDATORS_FAILED`, `SCHEDULE_…`, `EPOCH_UNKNOWN`; NetworkError `NETWORK_PORT_IN_USE`; StorageError;
 * CanceledError when `signal` aborts before the node has started. Nothing is left running then.
 */
export async function createNode(options: NodeOptions): Promise<ConsensusNode> {
  const resolved = await prepareOptions(options)
  const life = Ctx.root({ clock: resolved.clock, random: resolved.random })
  const { signal } = options
  const cancel = (): void => {
    life.cancel(signal?.reason)
  }
  const unlink = signal === undefined ? (): void => undefined : onAbort(signal, cancel)
  try {
    const node = await start(resolved, life)
    unlink()
    node.stopWith(signal)
    return node
  } catch (e) {
    unlink()
    life.cancel()
    throw e
  }
}

async function start(given: ResolvedOptions, life: Ctx): Promise<RunningNode> {
  const { store, genesis, clock } = given
  const metrics = new NodeMetrics(given.metrics)
  const late: { node: RunningNode | undefined } = { node: undefined }
  const atStart: NodeError[] = []
  const logger = guardedLogger(given.logger, (cause) => {
    const error = loggerFailed(cause)
    if (late.node === undefined) atStart.push(error)
    else reporter.warn(error)
  })
  const options = { ...given, logger }
  const reporter = new Reporter({ logger, metrics, clock })
  await openNodeStore(store, genesis, options.onGenesisChange)
  const lastCommitted = await askLastCommitted(life, options.execution, (e) => {
    reporter.warn(e)
  })
  const next = nextToCommit({ lastCommitted, range: store.range(), firstBlock: genesis.firstBlock })
  if (!next.ok) throw next.error
  life.throwIfCanceled()
  const recording = await openRecording(options.recording, (e) => {
    reporter.warn(e)
  })
  const parts = { options, reporter, metrics, life, recording, nextToCommit: next.value }
  const assembly = await assembleOrClose(parts)
  if (life.canceled) {
    await assembly.network.stop()
    await recording?.close()
    life.throwIfCanceled()
  }
  const node = new RunningNode(assembly)
  late.node = node
  for (const error of atStart) node.warnLater(error)
  if (options.signer !== undefined && !options.mayVote) {
    node.warnLater(notInSchedule(options.signer.publicKey, options))
  }
  return node
}

function loggerFailed(cause: Error): NodeError {
  return new NodeError(
    'LOGGER_FAILED',
    `options.logger threw: ${cause.message}. What it does not write is lost, and told once; fields may be bigints and bytes.`,
    { cause },
  )
}

async function assembleOrClose(init: AssemblyInit): Promise<Assembly> {
  try {
    return await assemble(init)
  } catch (e) {
    await init.recording?.close()
    throw e
  }
}

function notInSchedule(publicKey: Uint8Array, { genesis }: ResolvedOptions): NodeError {
  const key = formatValidatorPublicKey(publicKey, genesis.scheme)
  return new NodeError(
    'VALIDATOR_NOT_IN_SCHEDULE',
    `${key} is not in the committee of the genesis: this node follows the chain and never votes. Check options.validatorKey; leave it out if that is intended.`,
  )
}
