import type { Result } from '@zkstack/crypto'
import {
  globalIndexFromBigint,
  globalIndexToBigint,
  json,
  type CodecError,
  type GlobalIndex,
} from '@zkstack/pessimistic-proof'
import type { CertificateHeader, CertificateStatus } from '../types/certificate-header.js'
import type { EpochConfiguration } from '../types/epoch-configuration.js'
import type {
  NetworkInfo,
  NetworkStatus,
  NetworkType,
  SettledClaim,
} from '../types/network-info.js'
import { status, statusError } from './status-json.js'

const header = json.struct<CertificateHeader>({
  networkId: json.u32,
  height: json.u64,
  epochNumber: json.nullable(json.u64),
  certificateIndex: json.nullable(json.u64),
  certificateId: json.hash,
  prevLocalExitRoot: json.hash,
  newLocalExitRoot: json.hash,
  metadata: json.hash,
  status,
  settlementTxHash: json.nullable(json.hash),
})

const globalIndex: json.Json<GlobalIndex> = json.mapped(json.u256, globalIndexToBigint, (value) => {
  const index = globalIndexFromBigint(value)
  if (index) return index
  throw new json.CodecFailure('OUT_OF_RANGE', 'there is no such rollup')
})

const networkInfo = json.struct<NetworkInfo>({
  networkStatus: json.names<NetworkStatus>('unspecified', 'active', 'syncing', 'error', 'disabled'),
  networkType: json.names<NetworkType>(
    'unspecified',
    'ecdsa',
    'generic',
    'multisigOnly',
    'multisigAndAggchainProof',
  ),
  networkId: json.u32,
  settledHeight: json.nullable(json.u64),
  settledCertificateId: json.nullable(json.hash),
  settledPpRoot: json.nullable(json.hash),
  settledLer: json.nullable(json.hash),
  settledLetLeafCount: json.nullable(json.u64),
  settledClaim: json.nullable(
    json.struct<SettledClaim>({ globalIndex, bridgeExitHash: json.hash }),
  ),
  latestPendingHeight: json.nullable(json.u64),
  latestPendingStatus: json.nullable(
    json.names<CertificateStatus['type']>('pending', 'proven', 'candidate', 'inError', 'settled'),
  ),
  latestPendingError: json.nullable(statusError),
  latestEpochWithSettlement: json.nullable(json.u64),
  latestPendingCertificateId: json.nullable(json.hash),
})

const epochConfiguration = json.struct<EpochConfiguration>({
  genesisBlock: json.u64,
  epochDuration: json.u64,
})

/** Writes a header as Agglayer's JSON-RPC does; an error within is flat, not nested. */
export function certificateHeaderToJson(value: CertificateHeader): string {
  return json.stringify(header, value)
}

/** Reads a header as this library or Agglayer's node writes it; members that it does not know are ignored. */
export function parseCertificateHeader(text: string): Result<CertificateHeader, CodecError> {
  return json.parse(header, text)
}

/** Writes what `interop_getNetworkInfo` answers. */
export function networkInfoToJson(value: NetworkInfo): string {
  return json.stringify(networkInfo, value)
}

/** Reads what {@link networkInfoToJson} writes. */
export function parseNetworkInfo(text: string): Result<NetworkInfo, CodecError> {
  return json.parse(networkInfo, text)
}

/** Writes what `interop_getEpochConfiguration` answers. */
export function epochConfigurationToJson(value: EpochConfiguration): string {
  return json.stringify(epochConfiguration, value)
}

/** Reads what {@link epochConfigurationToJson} writes. */
export function parseEpochConfiguration(text: string): Result<EpochConfiguration, CodecError> {
  return json.parse(epochConfiguration, text)
}
