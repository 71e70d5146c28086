export { TestPeer, signerOf, type ReceivedMessage, type TestPeerOptions } from './test-peer.js'
