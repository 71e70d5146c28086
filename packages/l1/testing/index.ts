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
