import type { CertificateError, ProofError } from '@zkstack/pessimistic-proof'

/**
 * What helps against an error:
 *
 * - `retry`: the same certificate again, later. The settlement layer does so by itself before it gives up.
 * - `rebuild`: a new certificate of the same height, made from what the chain and L1 say now.
 * - `fatal`: nothing that a client does; the chain's exits or claims are refused, or a prover lies.
 */
export type ErrorKind = 'retry' | 'rebuild' | 'fatal'

/**
 * In which part of its life a certificate failed, under upstream's names.
 * @see agglayer crates/agglayer-types/src/error.rs (`CertificateStatusError`)
 */
export type CertificateStatusErrorCode = (typeof certificateStatusErrorCodes)[number]

/** All codes, in upstream's order. */
export const certificateStatusErrorCodes = [
  'ProofGenerationError',
  'ProofVerificationFailed',
  'TypeConversionError',
  'TrustedSequencerNotFound',
  'InternalError',
  'SettlementError',
  'PreCertificationError',
  'CertificationError',
  'L1InfoRootNotFound',
  'LastPessimisticRootNotFound',
] as const

/** Why a certificate is in error; flat, so that clients branch on codes and never take texts apart. */
export interface CertificateStatusError {
  readonly kind: ErrorKind
  readonly code: CertificateStatusErrorCode
  /** The code of the error underneath, such as `BalanceUnderflow` or `Reverted`. */
  readonly reason: string | undefined
  /** For people. */
  readonly message: string
}

/** Errors of what a chain did, which stay whatever certificate it makes of it. */
const fatalReasons: ReadonlySet<string> = new Set<CertificateError['code'] | ProofError['code']>([
  'BalanceOverflow',
  'BalanceUnderflow',
  'NullifierPathGenerationFailed',
  'InvalidLocalExitTreeOperation',
  'InvalidNullifierPath',
  'InvalidBalancePath',
  'BalanceOverflowInBridgeExit',
  'BalanceUnderflowInBridgeExit',
  'CannotExitToSameNetwork',
  'InvalidMessageOriginNetwork',
  'InvalidL1TokenInfo',
  'MissingTokenBalanceProof',
  'DuplicateTokenBalanceProof',
  'HeightOverflow',
])

const kindOfCode: Readonly<Record<CertificateStatusErrorCode, ErrorKind>> = {
  ProofGenerationError: 'rebuild',
  ProofVerificationFailed: 'fatal',
  TypeConversionError: 'rebuild',
  TrustedSequencerNotFound: 'fatal',
  InternalError: 'retry',
  SettlementError: 'rebuild',
  PreCertificationError: 'rebuild',
  CertificationError: 'rebuild',
  L1InfoRootNotFound: 'retry',
  LastPessimisticRootNotFound: 'retry',
}

/** What helps against an error of this code, for whatever `reason` lies underneath. */
export function errorKindOf(
  code: CertificateStatusErrorCode,
  reason: string | undefined,
): ErrorKind {
  return reason !== undefined && fatalReasons.has(reason) ? 'fatal' : kindOfCode[code]
}

/** Makes an error; its kind follows from code and reason unless given. */
export function certificateStatusError(
  code: CertificateStatusErrorCode,
  message: string,
  o: { readonly reason?: string; readonly kind?: ErrorKind } = {},
): CertificateStatusError {
  const { reason } = o
  return { kind: o.kind ?? errorKindOf(code, reason), code, reason, message }
}

/** The error of a certificate that does not apply to its network's state. */
export function fromCertificateError({ code }: CertificateError): CertificateStatusError {
  return certificateStatusError(
    'TypeConversionError',
    `the certificate does not apply to the network's state: ${code}`,
    { reason: code },
  )
}

/** The error of a certificate that has no pessimistic proof. */
export function fromProofError(
  error: ProofError,
  generationType: 'native' | 'prover',
): CertificateStatusError {
  const { code } = error
  const inner = 'source' in error ? ` (${error.source.code})` : ''
  return certificateStatusError(
    'ProofGenerationError',
    `there is no pessimistic proof (${generationType}): ${code}${inner}`,
    { reason: code },
  )
}
