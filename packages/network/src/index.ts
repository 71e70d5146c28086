export { createNetwork } from './create-network.js'
export { NetworkError, type NetworkErrorCode } from './errors.js'
export type { Goodbye, GoodbyeCode } from './goodbye.js'
export {
  networkLimits,
  type FrameLimits,
  type NetworkLimits,
  type NetworkLimitsInit,
  type Rate,
} from './limits.js'
export type {
  HelloSigner,
  Network,
  NetworkEvent,
  NetworkInit,
  PeerInfo,
  PeersInit,
  StaticPeer,
  TransactionVerdict,
} from './network.js'
export type {
  ConnectionDirection,
  FrameStream,
  NetworkTransport,
  StreamCallOptions,
  TransportConnection,
  TransportStart,
} from './transport/network-transport.js'
export { libp2pTransport, type Libp2pTransportOptions } from './transport/libp2p-transport.js'
export { MemoryHub, type MemoryHubOptions } from './transport/memory-hub.js'
export { memoryTransport } from './transport/memory-transport.js'
export { protocols } from './protocols.js'
