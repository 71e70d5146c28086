export { startAnvil, type Anvil, type AnvilOptions } from './anvil.js'
export { anvilKey } from './anvil-key.js'
export { startFaultyRpc, type FaultyRpc, type RpcFault, type RpcRequest } from './faulty-rpc.js'
export { MemoryEventSink } from './memory-event-sink.js'
export {
  blockOfView,
  logsOfView,
  SimulatedChain,
  simulatedClient,
  simulatedEmitter,
  type ChainView,
  type SimulatedBlock,
  type SimulatedClientOptions,
} from './simulated-chain.js'
export { jobStoreCompliance, type JobStoreCase } from './job-store-compliance.js'
export { JobWorld, ProcessDied, worldPolicy, type JobWorldOptions } from './job-world.js'
export {
  SimulatedL1,
  type IncludedTransaction,
  type SimulatedL1Block,
  type SimulatedL1Options,
} from './simulated-l1.js'
export {
  simulatedL1Client,
  type SimulatedFault,
  type SimulatedL1ClientOptions,
  type SimulatedMethod,
} from './simulated-l1-client.js'
export {
  decodeSimulatedTransaction,
  encodeSimulatedTransaction,
  simulatedSigner,
  type SimulatedTransaction,
} from './simulated-transaction.js'
export { startFakeKms, type FakeKms, type KmsFault } from './fake-kms.js'
