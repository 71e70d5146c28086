/**
 * The APIs of a settlement node: JSON-RPC, `interop_*` for chains and `admin_*` for operators, and gRPC; and a client.
 *
 * @packageDocumentation
 */

// Server
export { serveRpc, type RpcServer, type RpcServerOptions } from './http/rpc-server.js'
export { interopMethods } from './interop/interop-methods.js'
export { adminMethods } from './admin/admin-methods.js'
export type { SettlementService } from './settlement-service.js'

// Subscriptions
export { closeCodes } from './subscriptions/rpc-socket.js'
export type { RpcTopics, Subscriber } from './subscriptions/rpc-topics.js'
export {
  settlementNotifications,
  type SettlementNotifications,
} from './subscriptions/settlement-notifications.js'

// JSON-RPC
export { rpcError, rpcErrorCodes, type RpcError } from './json-rpc/rpc-error.js'
export {
  rpcMethod,
  type RpcCall,
  type RpcMethod,
  type RpcMethods,
  type RpcResult,
} from './json-rpc/rpc-method.js'
export type { BatchLimit } from './json-rpc/rpc-request.js'

// gRPC
export { serveGrpc, type GrpcServer, type GrpcServerOptions } from './grpc/grpc-server.js'
export { nodeServiceFiles, nodeServices } from './grpc/node-services.js'
export type { ErrorInfo, GrpcError } from './grpc/grpc-error.js'
export type { GrpcMethod, GrpcMethods } from './grpc/grpc-method.js'

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
export { grpcSettlementClient, type GrpcClientOptions } from './client/grpc-settlement-client.js'
export { settlementClient, type SettlementClient } from './client/settlement-client.js'
