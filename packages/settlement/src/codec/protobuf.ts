import type { Hash32, Result } from '@zkstack/crypto'
import { json, protobuf, type CodecError } from '@zkstack/pessimistic-proof'
import type { CertificateHeader, CertificateStatus } from '../types/certificate-header.js'
import type { CertificateStatusError } from '../types/certificate-status-error.js'
import { certificateStatusError } from '../types/certificate-status-error.js'
import type { EpochConfiguration } from '../types/epoch-configuration.js'
import type {
  NetworkInfo,
  NetworkStatus,
  NetworkType,
  SettledClaim,
} from '../types/network-info.js'
import { statusError } from './status-json.js'

const statusTypes = ['pending', 'proven', 'candidate', 'inError', 'settled'] as const

/** `CertificateId` */
const certificateIdMessage: protobuf.Message<Hash32> = protobuf.mapped(
  protobuf.message<{ readonly value: Hash32 }>({ value: protobuf.required(1, protobuf.hash) }),
  (value) => ({ value }),
  ({ value }) => value,
)

/** `CertificateStatusError`: its message is the JSON form, or of another program any text. */
const errorMessage: protobuf.Message<CertificateStatusError> = protobuf.mapped(
  protobuf.message<{ readonly message: string }>({ message: protobuf.string(1) }),
  (error) => ({ message: json.stringify(statusError, error) }),
  ({ message }) => {
    const parsed = json.parse(statusError, message)
    return parsed.ok ? parsed.value : certificateStatusError('InternalError', message)
  },
)

interface HeaderMessage extends Omit<CertificateHeader, 'status'> {
  readonly status: CertificateStatus['type']
  readonly error: CertificateStatusError | undefined
}

const header: protobuf.Message<CertificateHeader> = protobuf.mapped(
  protobuf.message<HeaderMessage>({
    networkId: protobuf.uint32(1),
    height: protobuf.uint64(2),
    epochNumber: protobuf.optionalUint64(3),
    certificateIndex: protobuf.optionalUint64(4),
    certificateId: protobuf.required(5, certificateIdMessage),
    prevLocalExitRoot: protobuf.required(6, protobuf.hash),
    newLocalExitRoot: protobuf.required(7, protobuf.hash),
    metadata: protobuf.required(8, protobuf.hash),
    status: protobuf.enumeration<CertificateStatus['type']>(9, ...statusTypes),
    error: protobuf.optional(10, errorMessage),
    settlementTxHash: protobuf.optional(11, protobuf.hash),
  }),
  ({ status, ...plain }) => ({
    ...plain,
    status: status.type,
    error: status.type === 'inError' ? status.error : undefined,
  }),
  ({ status, error, ...plain }) => ({ ...plain, status: statusOf(status, error) }),
)

/** @throws CodecFailure */
function statusOf(
  type: CertificateStatus['type'],
  error: CertificateStatusError | undefined,
): CertificateStatus {
  if (type !== 'inError') return { type }
  if (error !== undefined) return { type, error }
  throw new json.CodecFailure('MISSING_FIELD', 'the error of a certificate in error is missing')
}

const settledClaim = protobuf.message<SettledClaim>({
  globalIndex: protobuf.required(1, protobuf.globalIndex),
  bridgeExitHash: protobuf.required(2, protobuf.hash),
})

type Unspecified<T extends string> = Exclude<T, 'unspecified'>

const networkInfo: protobuf.Message<NetworkInfo> = protobuf.mapped(
  protobuf.message<
    Omit<NetworkInfo, 'networkStatus' | 'networkType'> & {
      readonly networkStatus: Unspecified<NetworkStatus> | undefined
      readonly networkType: Unspecified<NetworkType> | undefined
    }
  >({
    networkStatus: protobuf.optionalEnumeration(1, 'active', 'syncing', 'error', 'disabled'),
    networkType: protobuf.optionalEnumeration(
      2,
      'ecdsa',
      'generic',
      'multisigOnly',
      'multisigAndAggchainProof',
    ),
    networkId: protobuf.uint32(3),
    settledHeight: protobuf.optionalUint64(4),
    settledCertificateId: protobuf.optional(5, certificateIdMessage),
    settledPpRoot: protobuf.optional(6, protobuf.hash),
    settledLer: protobuf.optional(7, protobuf.hash),
    settledLetLeafCount: protobuf.optionalUint64(8),
    settledClaim: protobuf.optional(9, settledClaim),
    latestPendingHeight: protobuf.optionalUint64(10),
    latestPendingStatus: protobuf.optionalEnumeration(11, ...statusTypes),
    latestPendingError: protobuf.optional(12, errorMessage),
    latestEpochWithSettlement: protobuf.optionalUint64(13),
    latestPendingCertificateId: protobuf.optional(14, certificateIdMessage),
  }),
  ({ networkStatus, networkType, ...plain }) => ({
    ...plain,
    networkStatus: networkStatus === 'unspecified' ? undefined : networkStatus,
    networkType: networkType === 'unspecified' ? undefined : networkType,
  }),
  (read) => ({
    ...read,
    networkStatus: read.networkStatus ?? 'unspecified',
    networkType: read.networkType ?? 'unspecified',
  }),
)

const epochConfiguration = protobuf.message<EpochConfiguration>({
  genesisBlock: protobuf.uint64(1),
  epochDuration: protobuf.uint64(2),
})

/** A header as the message `agglayer.node.types.v1.CertificateHeader`. */
export function encodeCertificateHeader(value: CertificateHeader): Uint8Array {
  return header.encode(value)
}

/** Reads what {@link encodeCertificateHeader} writes; unknown fields are ignored. */
export function decodeCertificateHeader(bytes: Uint8Array): Result<CertificateHeader, CodecError> {
  return protobuf.decodeMessage(header, bytes)
}

/** The message `agglayer.node.types.v1.NetworkInfo`. */
export function encodeNetworkInfo(value: NetworkInfo): Uint8Array {
  return networkInfo.encode(value)
}

/** Reads what {@link encodeNetworkInfo} writes. */
export function decodeNetworkInfo(bytes: Uint8Array): Result<NetworkInfo, CodecError> {
  return protobuf.decodeMessage(networkInfo, bytes)
}

/** The message `agglayer.node.types.v1.EpochConfiguration`. */
export function encodeEpochConfiguration(value: EpochConfiguration): Uint8Array {
  return epochConfiguration.encode(value)
}

/** Reads what {@link encodeEpochConfiguration} writes. */
export function decodeEpochConfiguration(
  bytes: Uint8Array,
): Result<EpochConfiguration, CodecError> {
  return protobuf.decodeMessage(epochConfiguration, bytes)
}
