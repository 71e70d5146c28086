export {
  formatNodePublicKey,
  generateNodeKey,
  NodeSecretKey,
  parseNodeKey,
  parseNodePublicKey,
  type NodePublicKey,
} from './keys/node-secret-key.js'
export {
  decodeNodeMsg,
  decodeNodeSigned,
  encodeNodeMsg,
  encodeNodeSigned,
  hashNodeMsg,
  signNodeMsg,
  verifyNodeSigned,
  type NodeMsg,
  type NodeSigned,
} from './node-role/node-msg.js'
