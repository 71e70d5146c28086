import { hash32, type Hash32, type Result } from '@zkstack/crypto'
import type { AggchainData } from '../../types/aggchain-data.js'
import type { Certificate } from '../../types/certificate.js'
import type { CodecError } from '../codec-error.js'
import { aggchainData } from './aggchain-messages.js'
import { bridgeExit, importedBridgeExit } from './bridge-messages.js'
import {
  decodeMessage,
  message,
  optional,
  repeated,
  required,
  type Field,
  type Message,
} from './message.js'
import { bytes, hash, optionalUint32, uint32, uint64 } from './scalars.js'
import { storedAggchainData } from './stored-aggchain-messages.js'

function certificateWith(
  metadata: Field<Hash32>,
  data: Message<AggchainData>,
): Message<Certificate> {
  return message<Certificate>({
    networkId: uint32(1),
    height: uint64(2),
    prevLocalExitRoot: required(3, hash),
    newLocalExitRoot: required(4, hash),
    bridgeExits: repeated(5, bridgeExit),
    importedBridgeExits: repeated(6, importedBridgeExit),
    metadata,
    aggchainData: required(8, data),
    customChainData: bytes(9),
    l1InfoTreeLeafCount: optionalUint32(10),
  })
}

/** Clients may leave the metadata out. */
const metadataOrZero: Field<Hash32> = {
  ...required(7, hash),
  read: (fields) => optional(7, hash).read(fields) ?? hash32(new Uint8Array(32)),
}

const submitted = certificateWith(metadataOrZero, aggchainData)

/** `agglayer.storage.v0.Certificate` */
export const storedCertificate: Message<Certificate> = certificateWith(
  required(7, hash),
  storedAggchainData,
)

/** A certificate as Agglayer's gRPC interface takes it: the message `agglayer.node.types.v1.Certificate`. */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  return submitted.encode(certificate)
}

/** Reads what {@link encodeCertificate} writes; unknown fields are ignored. */
export function decodeCertificate(encoded: Uint8Array): Result<Certificate, CodecError> {
  return decodeMessage(submitted, encoded)
}
