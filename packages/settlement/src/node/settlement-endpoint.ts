import type { Hash32, Result } from '@zkstack/crypto'
import type { CallOptions, Certificate, NetworkId } from '@zkstack/pessimistic-proof'
import type { LatestHeaders } from '../storage/network-info.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { ErrorKind } from '../types/certificate-status-error.js'
import type { EpochConfiguration } from '../types/epoch-configuration.js'

/**
 * Why a settlement node did not do what it was asked: its own `SubmissionError`, or that it could not be reached, which is of the kind
 * `retry`.
 */
export interface EndpointError {
  readonly kind: ErrorKind
  readonly code: string
  readonly message: string
}

/** A settlement node as its clients see it: embedded, or behind an API. */
export interface SettlementEndpoint {
  /** Takes a certificate in and gives its id. Repeating it is harmless. */
  submit(certificate: Certificate, o: CallOptions): Promise<Result<Hash32, EndpointError>>
  /** What is known of a certificate. */
  header(
    certificateId: Hash32,
    o: CallOptions,
  ): Promise<Result<CertificateHeader | undefined, EndpointError>>
  /** The newest certificates of a network. */
  latestHeaders(networkId: NetworkId, o: CallOptions): Promise<Result<LatestHeaders, EndpointError>>
  /** How epochs of L1 blocks are counted; `undefined`: epochs are not counted in blocks. */
  epochConfiguration(o: CallOptions): Promise<Result<EpochConfiguration | undefined, EndpointError>>
}
