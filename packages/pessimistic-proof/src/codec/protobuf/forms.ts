/** What protobuf messages are made of, for types around those of this package. */
export {
  decodeMessage,
  mapped,
  message,
  oneof,
  optional,
  repeated,
  required,
  type Field,
  type Message,
} from './message.js'
export {
  addressBytes,
  bytes,
  enumeration,
  globalIndex,
  hash,
  optionalEnumeration,
  optionalString,
  optionalUint32,
  optionalUint64,
  string,
  u256,
  uint32,
  uint64,
} from './scalars.js'
