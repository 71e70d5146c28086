/**
 * Real nodes in one process, in real time or in a simulated world, for tests of execution layers and of this library.
 *
 * @packageDocumentation
 */
export { CounterChain, type CounterChainOptions } from './counter-chain.js'
export { CrashableStore } from './crashable-store.js'
export { FrameRecorder, type DoubleVote } from './frame-recorder.js'
export {
  crashPoints,
  type CrashPointOptions,
  type CrashPointReport,
} from './simulation/crash-points.js'
export { Scheduler } from './simulation/scheduler.js'
export { shrinkFaults, type ShrinkOptions } from './simulation/shrink-faults.js'
export { timelineHtml } from './simulation/timeline-html.js'
export { timelineText } from './simulation/timeline-text.js'
export { simulate } from './simulation/simulate.js'
export { describeFault, type Fault } from './simulation/fault.js'
export type { SimulatedInvariant, SimulationViolation } from './simulation/invariant-checker.js'
export { latencyPresets, type LatencyMatrix, type LatencyPreset } from './simulation/latency.js'
export type {
  SimulationOptions,
  SimulationReport,
  SimulationStats,
} from './simulation/simulation-options.js'
export type { SimulationEvent } from './simulation/simulation-log.js'
export { PlannedCommittees } from './planned-committees.js'
export { createTestNetwork, type TestNetwork, type WaitOptions } from './test-network.js'
export type { PlannedEpoch, TestNetworkOptions } from './test-network-options.js'
export type { TestNode } from './test-node.js'
export type { FrameVerdict, SentFrame, TestWire } from './test-wire.js'
