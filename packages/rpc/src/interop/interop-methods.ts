import { ok, toHex, type Hash32 } from '@zkstack/crypto'
import {
  json,
  type CallOptions,
  type Certificate,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import {
  epochConfigurationToJson,
  networkInfoToJson,
  type LatestHeaders,
} from '@zkstack/settlement'
import { certificateJson, jsonOf } from '../json-rpc/json-forms.js'
import { notFound, rpcError } from '../json-rpc/rpc-error.js'
import {
  rpcMethod,
  type RpcMethod,
  type RpcMethods,
  type RpcResult,
} from '../json-rpc/rpc-method.js'
import type { SettlementService } from '../settlement-service.js'
import { certificateHeaderJson } from './certificate-header-json.js'
import { sendCertificateError } from './send-certificate-error.js'
import { transactionStatus } from './transaction-status.js'

/**
 * The methods for chains, under upstream's names and with its answers.
 * @see agglayer crates/agglayer-jsonrpc-api/src/lib.rs
 */
export function interopMethods(service: SettlementService): RpcMethods {
  return new Map<string, RpcMethod>([
    ['interop_sendTx', () => Promise.resolve(methodDisabled('sendTx'))],
    ['interop_getTxStatus', transactionStatus(service.l1)],
    ['interop_sendCertificate', sendCertificate(service)],
    ['interop_getCertificateHeader', certificateHeader(service)],
    ['interop_getEpochConfiguration', rpcMethod({}, (_, o) => epochConfiguration(service, o))],
    ['interop_getLatestKnownCertificateHeader', latestHeader(service, 'known')],
    ['interop_getLatestSettledCertificateHeader', latestHeader(service, 'settled')],
    ['interop_getLatestPendingCertificateHeader', latestHeader(service, 'pending')],
    ['interop_getNetworkInfo', networkInfo(service)],
  ])
}

function sendCertificate({ node }: SettlementService): RpcMethod {
  return rpcMethod<{ readonly certificate: Certificate }>(
    { certificate: certificateJson },
    async ({ certificate }, o) => {
      const accepted = await node.submit(certificate, o)
      return accepted.ok
        ? ok(`0x${toHex(accepted.value.certificateId)}`)
        : sendCertificateError(accepted.error)
    },
  )
}

function certificateHeader({ node }: SettlementService): RpcMethod {
  return rpcMethod<{ readonly certificateId: Hash32 }>(
    { certificateId: json.hash },
    async ({ certificateId }) => {
      const header = await node.header(certificateId)
      return header === undefined
        ? notFound(`Certificate(0x${toHex(certificateId)})`)
        : ok(certificateHeaderJson(header))
    },
  )
}

function latestHeader({ node }: SettlementService, which: keyof LatestHeaders): RpcMethod {
  return rpcMethod<{ readonly networkId: NetworkId }>(
    { networkId: json.u32 },
    async ({ networkId }) => {
      const { [which]: header } = await node.latestHeaders(networkId)
      return ok(header === undefined ? null : certificateHeaderJson(header))
    },
  )
}

function networkInfo({ node }: SettlementService): RpcMethod {
  return rpcMethod<{ readonly networkId: NetworkId }>(
    { networkId: json.u32 },
    async ({ networkId }) => {
      const info = await node.networkInfo(networkId)
      if (info !== undefined) return ok(jsonOf(networkInfoToJson(info)))
      const problem = `network ${networkId} has never submitted a certificate`
      return rpcError(
        'internal',
        `Unknown network type: ${problem}`,
        new Map([['internal', problem]]),
      )
    },
  )
}

async function epochConfiguration({ node }: SettlementService, o: CallOptions): Promise<RpcResult> {
  const configuration = await node.endpoint.epochConfiguration(o)
  if (configuration.ok && configuration.value !== undefined)
    return ok(jsonOf(epochConfigurationToJson(configuration.value)))
  const problem = 'epochs are counted by time here: there is no block configuration'
  return rpcError('internal', `Internal error: ${problem}`, new Map([['internal', problem]]))
}

function methodDisabled(name: string): RpcResult {
  const data = new Map([['method-disabled', name]])
  return rpcError('methodDisabled', `Method disabled: ${name}`, data)
}
