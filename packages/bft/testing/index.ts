/**
 * What tests of a replica are made of: a committee with known secrets, one replica without asynchrony, a network of them,
 * and the invariants that hold over everything sent.
 *
 * @packageDocumentation
 */
export { byCommit, bytesOf, byTimeout, Committee, createCommittee } from './committee.js'
export type { CommitteeOptions, TimeoutContent } from './committee.js'
export { countingScheme } from './counting-scheme.js'
export type { CountingScheme } from './counting-scheme.js'
export { deepFreeze } from './deep-freeze.js'
export { FakeDisk } from './fake-disk.js'
export { FakeStore } from './fake-store.js'
export * from './byzantine/index.js'
export { findDisagreement, findDoubleVote } from './invariants.js'
export type { FinalizedBlock } from './invariants.js'
export { monitoredStep } from './monitored-step.js'
export type { MonitoredStepOptions } from './monitored-step.js'
export { oppositeSecret, shiftSignature } from './stand-in-algebra.js'
export { blamesOf, broadcastsOf, rejectionsOf, ReplicaHarness } from './replica-harness.js'
export type { ReplicaHarnessOptions } from './replica-harness.js'
export { RunnerRig } from './runner-rig.js'
export type { RunnerRigOptions } from './runner-rig.js'
export { createStepNetwork, StepNetwork } from './step-network.js'
export type { InFlight, StepNetworkOptions } from './step-network.js'
export { formedQc, StepReplica } from './step-replica.js'
export type { StepExecution, StepReplicaOptions } from './step-replica.js'
