import { status } from '@grpc/grpc-js'
import { err, ok, type Result } from '@zkstack/crypto'
import { decodeCertificate, protobuf, type NetworkId } from '@zkstack/pessimistic-proof'
import {
  encodeCertificateHeader,
  encodeEpochConfiguration,
  encodeNetworkInfo,
  type EncodedFile,
} from '@zkstack/settlement'
import { descriptors } from '../proto/generated.js'
import type { SettlementService } from '../settlement-service.js'
import { internalError, type GrpcError } from './grpc-error.js'
import {
  grpcError,
  grpcMethod,
  unreadable,
  type GrpcMethod,
  type GrpcMethods,
} from './grpc-method.js'
import { certificateIdMessage, wrapped } from './node-messages.js'
import { submissionDomain, submissionError } from './submission-error.js'

const SERVICE_DOMAIN = 'agglayer-node.grpc-api.v1'

const headerDomain = {
  domain: `${SERVICE_DOMAIN}.node-state-service.get_certificate_header`,
  prefix: 'GET_CERTIFICATE_HEADER_ERROR_KIND',
}
const latestDomain = {
  domain: `${SERVICE_DOMAIN}.node-state-service.get_latest_certificate_header`,
  prefix: 'GET_LATEST_CERTIFICATE_HEADER_ERROR_KIND',
}
const infoDomain = {
  domain: `${SERVICE_DOMAIN}.node-state-service.get_network_info`,
  prefix: 'GET_NETWORK_INFO_ERROR_KIND',
  malformed: 'INVALID_NETWORK_ID',
}
const configurationDomain = {
  domain: `${SERVICE_DOMAIN}.configuration-service.get-epoch-configuration`,
  prefix: 'GET_EPOCH_CONFIGURATION_ERROR_KIND',
  malformed: 'UNSPECIFIED',
}

/**
 * The services for chains, as Agglayer's node has them: package `agglayer.node.v1`.
 * @see agglayer crates/agglayer-grpc-api/src
 */
export function nodeServices(service: SettlementService): GrpcMethods {
  const named = (name: string, method: GrpcMethod) => [`/agglayer.node.v1.${name}`, method] as const
  return new Map([
    named('CertificateSubmissionService/SubmitCertificate', submitCertificate(service)),
    named('NodeStateService/GetCertificateHeader', getCertificateHeader(service)),
    named('NodeStateService/GetLatestCertificateHeader', getLatestCertificateHeader(service)),
    named('NodeStateService/GetNetworkInfo', getNetworkInfo(service)),
    named('ConfigurationService/GetEpochConfiguration', getEpochConfiguration(service)),
  ])
}

/** What reflection tells of {@link nodeServices}. */
export function nodeServiceFiles(): readonly EncodedFile[] {
  return descriptors.map(({ base64, ...file }) => ({
    ...file,
    bytes: Uint8Array.from(Buffer.from(base64, 'base64')),
  }))
}

function submitCertificate({ node }: SettlementService): GrpcMethod {
  return grpcMethod(submissionDomain, wrapped, async ({ message }, o) => {
    if (message === undefined) return missing(submissionDomain, 'certificate')
    const certificate = decodeCertificate(message)
    if (!certificate.ok) {
      const { field } = certificate.error
      const path = field === '' ? 'certificate' : `certificate.${field}`
      return unreadable(submissionDomain, { ...certificate.error, field: path })
    }
    const accepted = await node.submit(certificate.value, o)
    return accepted.ok
      ? answer(certificateIdMessage.encode(accepted.value.certificateId))
      : submissionError(accepted.error)
  })
}

function getCertificateHeader({ node }: SettlementService): GrpcMethod {
  const form = protobuf.message({ certificateId: protobuf.required(1, certificateIdMessage) })
  return grpcMethod(headerDomain, form, async (request) => {
    const header = await node.header(request.certificateId)
    return header === undefined
      ? grpcError(headerDomain, status.NOT_FOUND, 'NOT_FOUND', 'Certificate not found')
      : answer(encodeCertificateHeader(header))
  })
}

function getLatestCertificateHeader({ node }: SettlementService): GrpcMethod {
  const form = protobuf.message<{
    readonly type: 'pending' | 'settled'
    readonly networkId: NetworkId
  }>({ type: protobuf.enumeration(1, 'pending', 'settled'), networkId: protobuf.uint32(2) })
  return grpcMethod(latestDomain, form, async ({ type, networkId }) => {
    const { [type]: header } = await node.latestHeaders(networkId)
    return answer(header && encodeCertificateHeader(header))
  })
}

function getNetworkInfo({ node }: SettlementService): GrpcMethod {
  const form = protobuf.message({ networkId: protobuf.uint32(1) })
  return grpcMethod(infoDomain, form, async ({ networkId }) => {
    const info = await node.networkInfo(networkId)
    if (info !== undefined) return answer(encodeNetworkInfo(info))
    const message = `Network ${networkId} has never submitted a certificate`
    const metadata = { network_id: String(networkId) }
    return grpcError(infoDomain, status.NOT_FOUND, 'UNKNOWN_NETWORK_TYPE', message, metadata)
  })
}

function getEpochConfiguration({ node }: SettlementService): GrpcMethod {
  const form = protobuf.message<object>({})
  return grpcMethod(configurationDomain, form, async (_, o) => {
    const configuration = await node.endpoint.epochConfiguration(o)
    if (!configuration.ok) return err(internalError)
    if (configuration.value !== undefined)
      return answer(encodeEpochConfiguration(configuration.value))
    return grpcError(
      configurationDomain,
      status.INVALID_ARGUMENT,
      'UNEXPECTED_CLOCK_CONFIGURATION',
      'Epochs are counted by time here: there is no block configuration',
    )
  })
}

function answer(message: Uint8Array | undefined): Result<Uint8Array, GrpcError> {
  return ok(wrapped.encode({ message }))
}

function missing(domain: typeof submissionDomain, field: string): Result<never, GrpcError> {
  return unreadable(domain, { code: 'MISSING_FIELD', field, message: 'the field is missing' })
}
