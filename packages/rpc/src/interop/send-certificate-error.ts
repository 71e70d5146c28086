import { json } from '@zkstack/pessimistic-proof'
import type { SubmissionError } from '@zkstack/settlement'
import { toHex } from '@zkstack/crypto'
import { rpcError, type RpcError } from '../json-rpc/rpc-error.js'

/**
 * The answer to a certificate that was not accepted: -10007 when the network has to wait, else -10006. Beside upstream's `detail` the
 * data have the error's `kind` and `code`, so that nobody takes texts apart.
 */
export function sendCertificateError(error: SubmissionError): {
  readonly ok: false
  readonly error: RpcError
} {
  const { kind, code, message } = error
  if (error.code === 'RateLimited') return rateLimited(error)
  const body = new Map<string, json.JsonValue>([
    ['detail', message],
    ['kind', kind],
    ['code', code],
    ...particulars(error),
  ])
  const data = new Map([['send-certificate', body]])
  return rpcError('sendCertificate', `Failed to send certificate: ${message}`, data)
}

function particulars(error: SubmissionError): readonly (readonly [string, json.JsonValue])[] {
  switch (error.code) {
    case 'UnableToReplacePendingCertificate':
      return [
        ['reason', error.reason],
        ['height', number(error.height)],
        ['network-id', number(error.networkId)],
        ['stored-certificate-id', `0x${toHex(error.storedCertificateId)}`],
        ['replacement-certificate-id', `0x${toHex(error.replacementCertificateId)}`],
      ]
    case 'InvalidPendingHeight':
      return [
        ['height', number(error.height)],
        ['next-height', number(error.nextHeight)],
      ]
    case 'HeightTooHigh':
      return [
        ['height', number(error.height)],
        ['highest', number(error.highest)],
      ]
    case 'SignatureMismatch':
      return [['expected-signer', `0x${toHex(error.expectedSigner)}`]]
    case 'InvalidMultisig':
      return [['reason', error.source.code]]
    default:
      return []
  }
}

function rateLimited(error: Extract<SubmissionError, { readonly code: 'RateLimited' }>): {
  readonly ok: false
  readonly error: RpcError
} {
  const { maxPerInterval, intervalMs, untilNextMs, message } = error
  const limits = new Map<string, json.JsonValue>([
    ['max-per-interval', number(maxPerInterval)],
    ['time-interval', seconds(intervalMs)],
    ['until-next', untilNextMs === undefined ? null : seconds(untilNextMs)],
  ])
  const body = new Map<string, json.JsonValue>([
    ['detail', message],
    ['error', new Map([['send-certificate-rate-limited', limits]])],
  ])
  return rpcError('rateLimited', 'Rate limited', new Map([['rate-limited', body]]))
}

/** Whole seconds, so that nobody comes back too early. */
function seconds(ms: number): json.JsonNumber {
  return number(Math.ceil(ms / 1000))
}

function number(value: number | bigint): json.JsonNumber {
  return new json.JsonNumber(String(value))
}
