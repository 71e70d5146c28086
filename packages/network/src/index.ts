export { createNetwork } from './create-network.js'
export { isNetworkError, NetworkError, type NetworkErrorCode } from './errors.js'
export type { Goodbye, GoodbyeCode } from './goodbye.js'
export { helloDigest, type HelloSignerRole, type HelloTranscript } from './hello/hello-digest.js'
export { formatHostPort, parseHostPort, type HostPort } from './host-port.js'
export { hostOf } from './peers/address-scope.js'
export { installPromiseWithResolvers } from './install-promise-with-resolvers.js'
export {
  networkLimits,
  type FrameLimits,
  type NetworkLimits,
  type NetworkLimitsInit,
  type Rate,
} from './limits.js'
export type {
  AnnouncedVersion,
  EpochCertificateDesk,
  FallbackStatus,
  HelloSigner,
  Network,
  NetworkEvent,
  NetworkInit,
  PeerInfo,
  PeersInit,
  StaticPeer,
  TransactionVerdict,
} from './network.js'
export type { KnownPeerInfo, NetworkSnapshot, ValidatorAddressInfo } from './network-snapshot.js'
export { parseBootstrapPeer } from './peers/bootstrap-peer.js'
export { formatPeerId, nodeKeyOfPeerId, parsePeerId, peerIdMultihash } from './peer-id.js'
export { protocols } from './protocols.js'
export type {
  ConnectionDirection,
  FrameStream,
  NetworkTransport,
  RefusedConnection,
  StreamCallOptions,
  TransportConnection,
  TransportStart,
} from './transport/network-transport.js'
export { libp2pTransport, type Libp2pTransportOptions } from './transport/libp2p-transport.js'
export {
  MemoryHub,
  type FrameFate,
  type FrameOnWire,
  type MemoryHubOptions,
} from './transport/memory-hub.js'
export { memoryTransport } from './transport/memory-transport.js'
