/**
 * ChonkyBFT: a pure state machine, and the runner that gives it time, disk, signer and execution layer.
 *
 * @packageDocumentation
 */
export type * from './chonky/check.js'
export type * from './chonky/config.js'
export { diagnose } from './chonky/diagnose.js'
export type { Awaited, CommitCount, Diagnosis, VoteCount } from './chonky/diagnose.js'
export type * from './chonky/effect.js'
export type * from './chonky/input.js'
export type * from './chonky/rejection.js'
export { reviewCheck } from './chonky/review-check.js'
export { initialState, replicaStateOf } from './chonky/state.js'
export type * from './chonky/state.js'
export { step } from './chonky/step.js'
export type { Transition } from './chonky/turn.js'
export type * from './chonky/vote-tally.js'
export type * from './monitor/invariant.js'
export { checkInvariants, createInvariantMonitor } from './monitor/invariant-monitor.js'
export type { InvariantMonitor, InvariantReport, Observation } from './monitor/invariant-monitor.js'
export { decodeRecord, recordingFormat } from './recording/record.js'
export type { CheckpointRecord, DecodeRecordOptions, InputRecord } from './recording/record.js'
export type { RecordingSink } from './recording/recording-sink.js'
export { describeEffect, describeInput, describeState } from './recording/describe.js'
export { replay } from './recording/replay.js'
export type { RecordedSegment, ReplayStart, ReplayStep } from './recording/replay.js'
export { ReplicaError, ReplicaWarning } from './runner/errors.js'
export type { ReplicaErrorCode, ReplicaWarningCode } from './runner/errors.js'
export type { ReplicaEvent } from './runner/replica-event.js'
export { createReplicaRunner } from './runner/replica-runner.js'
export type {
  ReplicaRunner,
  ReplicaRunnerInit,
  ReplicaSnapshot,
} from './runner/replica-runner-init.js'
export type { ValidatorSigner } from './runner/validator-signer.js'
