/**
 * Real nodes in one process, for tests of execution layers and of this library.
 *
 * @packageDocumentation
 */
export { CounterChain, type CounterChainOptions } from './counter-chain.js'
export { CrashableStore } from './crashable-store.js'
export { FrameRecorder, type DoubleVote } from './frame-recorder.js'
export { createTestNetwork, type TestNetwork, type WaitOptions } from './test-network.js'
export type { TestNetworkOptions } from './test-network-options.js'
export type { TestNode } from './test-node.js'
export type { FrameVerdict, SentFrame, TestWire } from './test-wire.js'
