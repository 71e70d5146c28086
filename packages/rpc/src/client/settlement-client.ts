import { err, ok, type Result } from '@zkstack/crypto'
import { json, type CallOptions, type NetworkId } from '@zkstack/pessimistic-proof'
import {
  parseCertificateHeader,
  parseEpochConfiguration,
  parseNetworkInfo,
  type CertificateHeader,
  type EndpointError,
  type NetworkInfo,
  type SettlementEndpoint,
} from '@zkstack/settlement'
import { anyJson, certificateJson } from '../json-rpc/json-forms.js'
import { rpcErrorCodes, type RpcError } from '../json-rpc/rpc-error.js'
import { latestOf } from './latest-of.js'
import { JsonRpcClient, type CallError, type JsonRpcClientOptions } from './json-rpc-client.js'

/** A settlement node behind JSON-RPC. */
export interface SettlementClient extends SettlementEndpoint {
  /** Everything about a network at a glance. */
  networkInfo(networkId: NetworkId, o: CallOptions): Promise<Result<NetworkInfo, EndpointError>>
}

/**
 * A client of a settlement node's `interop_*` methods: of this library's node, or of Agglayer's.
 * @throws TypeError when the URL is none.
 */
export function settlementClient(
  url: string,
  o: Omit<JsonRpcClientOptions, 'url'> = {},
): SettlementClient {
  const client = new JsonRpcClient({ ...o, url })
  const ask = async <T>(
    method: string,
    params: readonly json.JsonValue[],
    parse: (text: string) => Result<T, { readonly message: string }>,
    call: CallOptions,
  ): Promise<Result<T, EndpointError>> => {
    const answer = await client.call(`interop_${method}`, params, call)
    if (!answer.ok) return err(endpointError(answer.error))
    const parsed = parse(json.stringify(anyJson, answer.value))
    return parsed.ok ? parsed : err(malformed(`${method}: ${parsed.error.message}`))
  }
  const latest = (
    which: 'Pending' | 'Settled',
    networkId: NetworkId,
    call: CallOptions,
  ): Promise<Result<CertificateHeader | undefined, EndpointError>> =>
    ask<CertificateHeader | undefined>(
      `getLatest${which}CertificateHeader`,
      [json.u32.write(networkId)],
      (text) => (text === 'null' ? ok(undefined) : parseCertificateHeader(text)),
      call,
    )
  return {
    submit: (certificate, call) =>
      ask(
        'sendCertificate',
        [certificateJson.write(certificate)],
        (text) => json.parse(json.hash, text),
        call,
      ),
    async header(certificateId, call) {
      const params = [json.hash.write(certificateId)]
      const answer = await client.call('interop_getCertificateHeader', params, call)
      if (!answer.ok)
        return isNotFound(answer.error) ? ok(undefined) : err(endpointError(answer.error))
      const parsed = parseCertificateHeader(json.stringify(anyJson, answer.value))
      return parsed.ok ? parsed : err(malformed(parsed.error.message))
    },
    async latestHeaders(networkId, call) {
      const pending = await latest('Pending', networkId, call)
      if (!pending.ok) return pending
      const settled = await latest('Settled', networkId, call)
      return settled.ok ? ok(latestOf(pending.value, settled.value)) : settled
    },
    async epochConfiguration(call) {
      const answer = await client.call('interop_getEpochConfiguration', [], call)
      if (!answer.ok) {
        const { error } = answer
        const isByTime =
          error.code === 'ANSWERED' && memberOf(error.error.data, 'internal') !== undefined
        return isByTime ? ok(undefined) : err(endpointError(error))
      }
      const parsed = parseEpochConfiguration(json.stringify(anyJson, answer.value))
      return parsed.ok ? parsed : err(malformed(parsed.error.message))
    },
    networkInfo: (networkId, call) =>
      ask('getNetworkInfo', [json.u32.write(networkId)], parseNetworkInfo, call),
  }
}

function isNotFound(error: CallError): boolean {
  return error.code === 'ANSWERED' && error.error.code === rpcErrorCodes.notFound
}

function malformed(message: string): EndpointError {
  return { kind: 'retry', code: 'MalformedAnswer', message }
}

function endpointError(error: CallError): EndpointError {
  if (error.code === 'ANSWERED') return answeredError(error.error)
  // Sent again it would be as long.
  if (error.code === 'TOO_LARGE') return { kind: 'fatal', code: 'TooLarge', message: error.message }
  const code = error.code === 'MALFORMED' ? 'MalformedAnswer' : 'Unreachable'
  return { kind: 'retry', code, message: error.message }
}

const kinds = ['retry', 'rebuild', 'fatal'] as const

/** What an error of the server means for who submits certificates. */
function answeredError({ code, message, data }: RpcError): EndpointError {
  const body = memberOf(data, 'send-certificate')
  const detail = memberOf(body, 'detail')
  const text = typeof detail === 'string' ? detail : message
  const kind = kinds.find((known) => known === memberOf(body, 'kind'))
  const name = memberOf(body, 'code')
  if (kind !== undefined && typeof name === 'string') return { kind, code: name, message: text }
  switch (code) {
    case rpcErrorCodes.rateLimited:
      return { kind: 'retry', code: 'RateLimited', message }
    case rpcErrorCodes.sendCertificate:
      return { kind: 'rebuild', code: 'SendCertificate', message: text }
    case rpcErrorCodes.internal:
    case rpcErrorCodes.unavailable:
      return { kind: 'retry', code: 'Unavailable', message }
    default:
      return { kind: 'fatal', code: 'Refused', message: `${message} (${code})` }
  }
}

function memberOf(value: json.JsonValue | undefined, name: string): json.JsonValue | undefined {
  return value instanceof Map ? (value as json.JsonObject).get(name) : undefined
}
