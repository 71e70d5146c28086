import { status } from '@grpc/grpc-js'
import { toHex } from '@zkstack/crypto'
import type { SubmissionError } from '@zkstack/settlement'
import type { GrpcError } from './grpc-error.js'
import { grpcError } from './grpc-method.js'

/** Of the method that takes certificates. */
export const submissionDomain = {
  domain: 'agglayer-node.grpc-api.v1.certificate-submission-service.submit_certificate',
  prefix: 'SUBMIT_CERTIFICATE_ERROR_KIND',
} as const

/** Upstream's kind of an error, and its status. Those that upstream does not have are of no kind; their `code` tells them apart. */
const kindOf: Readonly<Record<SubmissionError['code'], readonly [status, string]>> = {
  UnableToReplacePendingCertificate: [
    status.INVALID_ARGUMENT,
    'UNABLE_TO_REPLACE_PENDING_CERTIFICATE',
  ],
  SignatureMissing: [status.INVALID_ARGUMENT, 'SIGNATURE_VERIFICATION'],
  SignatureMismatch: [status.INVALID_ARGUMENT, 'SIGNATURE_VERIFICATION'],
  InvalidMultisig: [status.INVALID_ARGUMENT, 'SIGNATURE_VERIFICATION'],
  InvalidVariant: [status.INVALID_ARGUMENT, 'SIGNATURE_VERIFICATION'],
  SignerNotFound: [status.INVALID_ARGUMENT, 'SIGNATURE_VERIFICATION'],
  InvalidPendingHeight: [status.INVALID_ARGUMENT, 'INVALID_DATA'],
  HeightTooHigh: [status.INVALID_ARGUMENT, 'INVALID_DATA'],
  NetworkDisabled: [status.FAILED_PRECONDITION, 'UNSPECIFIED'],
  RateLimited: [status.RESOURCE_EXHAUSTED, 'UNSPECIFIED'],
  L1Unavailable: [status.UNAVAILABLE, 'UNSPECIFIED'],
}

/** The answer to a certificate that was not accepted; its metadata have the error's own `kind` and `code` beside upstream's. */
export function submissionError(error: SubmissionError): {
  readonly ok: false
  readonly error: GrpcError
} {
  const { kind, code, message } = error
  const metadata = { kind, code, ...particulars(error) }
  return grpcError(submissionDomain, ...kindOf[code], message, metadata)
}

function particulars(error: SubmissionError): Readonly<Record<string, string>> {
  switch (error.code) {
    case 'UnableToReplacePendingCertificate':
      return {
        reason: error.reason,
        height: String(error.height),
        network_id: String(error.networkId),
        stored_certificate_id: `0x${toHex(error.storedCertificateId)}`,
        replacement_certificate_id: `0x${toHex(error.replacementCertificateId)}`,
      }
    case 'InvalidPendingHeight':
      return { height: String(error.height), next_height: String(error.nextHeight) }
    case 'HeightTooHigh':
      return { height: String(error.height), highest: String(error.highest) }
    case 'RateLimited':
      return error.untilNextMs === undefined
        ? {}
        : { until_next: String(Math.ceil(error.untilNextMs / 1000)) }
    default:
      return { error: error.message }
  }
}
