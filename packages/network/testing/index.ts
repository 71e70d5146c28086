/**
 * Requirements on transports and networks, and peers that hold to the rules or break them.
 *
 * @packageDocumentation
 */
export type { TransportFactory } from './compliance/bed.js'
export { ComplianceError, type ComplianceCase } from './compliance/case.js'
export { Flooder, floods, type Flood, type FloodCounts, type FlooderOptions } from './flooder.js'
export { FrameQueue, type FrameTaker } from '../src/transport/frame-queue.js'
export { decodePartsHead, encodePartsHead, type PartsHead } from '../src/parts/part-frame.js'
export { networkCompliance } from './network-compliance.js'
export { RawPeer, Refused, type RawHello } from './raw-peer.js'
export { signerOf, TestPeer, type ReceivedMessage, type TestPeerOptions } from './test-peer.js'
export { transportCompliance } from './transport-compliance.js'
