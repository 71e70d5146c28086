import type { Clock, Ctx, Logger, MetricsSink, Random, Tracer, Watch } from '@zkstack/concurrency'
import type { AggregateVerifier, EpochScope, Signed } from '@zkstack/roles'
import type { BlockQueue, ExecutionLayer, ReplicaStateStore } from '@zkstack/storage'
import type { Diagnosis } from '../chonky/diagnose.js'
import type { RecordingSink } from '../recording/recording-sink.js'
import type { ActivitySnapshot } from './activity.js'
import type { ReplicaEvent } from './replica-event.js'
import type { ValidatorSigner } from './validator-signer.js'

/** What a replica of one epoch is made of. */
export interface ReplicaRunnerInit {
  readonly scope: EpochScope
  readonly signer: ValidatorSigner
  readonly store: ReplicaStateStore
  /** A store of blocks that can save states in the same write must save them into `store`. */
  readonly blocks: BlockQueue
  /** The next height that the execution layer has still to commit. */
  readonly applied: Watch<bigint>
  /**
   * The last block of the epoch, once the committee that follows is known; must be set before `applied` moves above it. Absent:
   * the epoch never ends.
   */
  readonly lastBlock?: Watch<bigint | undefined> | undefined
  readonly execution: Pick<ExecutionLayer, 'propose' | 'verify'>
  readonly clock: Clock
  readonly random?: Random | undefined
  /** Largest payload that is proposed or voted for, in bytes. */
  readonly maxPayloadBytes: number
  /** How long a view may last, in milliseconds. */
  readonly viewTimeoutMs: number
  /** Hands a message to the network; called only after the state that decided it is on disk (rule 22). */
  send(message: Signed): void
  readonly logger?: Logger | undefined
  readonly metrics?: MetricsSink | undefined
  /** Gets a span for each view, with children for what the replica waited for. Default: nothing is traced. */
  readonly tracer?: Tracer | undefined
  /** Keeps every input of the state machine, to be played again by `replay`. Default: nobody does. */
  readonly recording?: RecordingSink | undefined
  /** Must not block; an error thrown here is logged and changes nothing. */
  onEvent(e: ReplicaEvent): void
  /** Checks signatures elsewhere, and lets other work run. Default: here, one after another, with `yieldTurn` after each. */
  readonly verifyAggregate?: AggregateVerifier | undefined
  /**
   * Lets other work run; awaited between two pairings and after a run of inputs. Default: a macrotask. A simulation in
   * virtual time passes one that resolves at once.
   */
  readonly yieldTurn?: (() => Promise<void>) | undefined
}

/** Why a replica is where it is, with what its driver is busy with; plain data. */
export interface ReplicaSnapshot extends Diagnosis, ActivitySnapshot {
  readonly status: 'created' | 'running' | 'stopped' | 'failed'
  /** Messages that wait before the state machine. */
  readonly queuedMessages: number
  /** Checks that wait for the verifier, the running one included. */
  readonly queuedChecks: number
  /** Labels of our own messages that wait for the signer, because it is slow or failed. */
  readonly unsigned: readonly string[]
  /** The message that the signer has been asked to sign, and since when. */
  readonly signing: { readonly label: string; readonly since: number } | undefined
}

/** One replica of one epoch: ChonkyBFT with time, disk, signer and execution layer. */
export interface ReplicaRunner {
  /**
   * Hands over a message from the network; never throws. What it returns, if anything, resolves when the message was handled or
   * dropped, which is the back-pressure: ask for a connection's next message of the same label only then.
   *
   * @param carrier public key of the validator whose key was proven on the connection that brought the message.
   */
  deliver(message: Signed, carrier: Uint8Array | undefined): Promise<void> | undefined
  /**
   * Runs until the context is canceled.
   *
   * @throws StorageError when a write failed or the store is damaged; ReplicaError; CanceledError on cancellation.
   */
  run(ctx: Ctx): Promise<void>
  /** What the replica knows and waits for. */
  snapshot(): ReplicaSnapshot
}
