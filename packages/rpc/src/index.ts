/**
 * JSON-RPC of a settlement node: `interop_*` for chains, `admin_*` for operators, and a client.
 *
 * @packageDocumentation
 */

// Server
export { serveRpc, type RpcServer, type RpcServerOptions } from './http/rpc-server.js'
export { interopMethods } from './interop/interop-methods.js'
export { adminMethods } from './admin/admin-methods.js'
export type { SettlementService } from './settlement-service.js'

// JSON-RPC
export { rpcError, rpcErrorCodes, type RpcError } from './json-rpc/rpc-error.js'
export {
  rpcMethod,
  type RpcMethod,
  type RpcMethods,
  type RpcResult,
} from './json-rpc/rpc-method.js'
export type { BatchLimit } from './json-rpc/rpc-request.js'

// Readiness
export {
  databaseCheck,
  l1Check,
  readinessOf,
  type Readiness,
  type ReadinessCheck,
  type ReadinessOptions,
} from './readiness/readiness.js'

// Client
export {
  JsonRpcClient,
  type CallError,
  type Fetch,
  type JsonRpcClientOptions,
} from './client/json-rpc-client.js'
export { settlementClient, type SettlementClient } from './client/settlement-client.js'
