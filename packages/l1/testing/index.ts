export { startAnvil, type Anvil, type AnvilOptions } from './anvil.js'
export { anvilKey } from './anvil-key.js'
export { startFaultyRpc, type FaultyRpc, type RpcFault, type RpcRequest } from './faulty-rpc.js'
