import { silentLogger, type Logger } from '@zkstack/concurrency'
import { bytesEqual, ok, toHex, type Hash32 } from '@zkstack/crypto'
import { json, type Certificate, type NetworkId } from '@zkstack/pessimistic-proof'
import { columns, type CertificateHeader } from '@zkstack/settlement'
import { certificateJson } from '../json-rpc/json-forms.js'
import { notFound } from '../json-rpc/rpc-error.js'
import {
  rpcMethod,
  type RpcMethod,
  type RpcMethods,
  type RpcResult,
} from '../json-rpc/rpc-method.js'
import type { SettlementService } from '../settlement-service.js'
import { certificateHeaderJson } from '../interop/certificate-header-json.js'
import { audited } from './audited.js'
import { certificateMethods } from './certificate-methods.js'
import { jobMethods } from './job-methods.js'

/**
 * The methods for operators, under upstream's names. Whoever may call them can lose a network its certificates: they are served
 * apart from the others, and only to those who authenticate. What they change is told to the log, with who called.
 * @see agglayer crates/agglayer-jsonrpc-api/src/admin.rs
 */
export function adminMethods(
  service: SettlementService,
  { logger = silentLogger }: { readonly logger?: Logger | undefined } = {},
): RpcMethods {
  const methods = new Map<string, RpcMethod>([
    ['admin_getCertificate', certificate(service)],
    ['admin_getDisabledNetworks', rpcMethod({}, () => disabledNetworks(service))],
    ['admin_disableNetwork', ofNetwork((id) => service.node.disableNetwork(id))],
    ['admin_enableNetwork', ofNetwork((id) => service.node.enableNetwork(id))],
    ...certificateMethods(service),
    ...jobMethods(service),
  ])
  return audited(methods, logger)
}

/** The certificate with its header; of those that were replaced only if copies of all are kept. */
function certificate({ node }: SettlementService): RpcMethod {
  const { database } = node.store
  return rpcMethod<{ readonly certificateId: Hash32 }>(
    { certificateId: json.hash },
    async ({ certificateId }) => {
      const header = await node.header(certificateId)
      const stored = header && (await storedCertificate(node.store, header))
      const found = (await columns.debugCertificates.get(database, certificateId)) ?? stored
      if (found === undefined) return notFound(`Certificate(0x${toHex(certificateId)})`)
      return ok([
        certificateJson.write(found),
        header === undefined ? null : certificateHeaderJson(header),
      ])
    },
  )
}

/** The certificate in the queue, unless another one has its place; or in the epoch that it settled in. */
async function storedCertificate(
  store: SettlementService['node']['store'],
  header: CertificateHeader,
): Promise<Certificate | undefined> {
  const { networkId, height, certificateId, epochNumber: epoch, certificateIndex: index } = header
  if (epoch !== undefined && index !== undefined)
    return columns.epochCertificates.get(store.database, { epoch, index })
  const queued = await store.headerAt(networkId, height)
  return queued !== undefined && bytesEqual(queued.certificateId, certificateId)
    ? store.pendingCertificate(networkId, height)
    : undefined
}

async function disabledNetworks({ node }: SettlementService): Promise<RpcResult> {
  const networks: json.JsonValue[] = []
  for await (const [networkId] of columns.disabledNetworks.entries(node.store.database))
    networks.push(json.u32.write(networkId))
  return ok(networks)
}

function ofNetwork(act: (networkId: NetworkId) => Promise<void>): RpcMethod {
  return rpcMethod<{ readonly networkId: NetworkId }>(
    { networkId: json.u32 },
    async ({ networkId }) => {
      await act(networkId)
      return ok(null)
    },
  )
}
