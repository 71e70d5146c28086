import { createSecureContext } from 'node:tls'
import { errorOf } from '@zkstack/concurrency'
import type { ClientTls, ServerTls, TlsIdentity } from '@zkstack/settlement'
import { ConfigError } from '../config/config-error.js'
import { readSecret, readText } from '../config/read-files.js'
import type { SettleConfig, TlsIdentityFiles } from './settle-config.js'

/** Certificates and keys of a settlement node, where it is configured to have any. */
export interface NodeTls {
  readonly prover: ClientTls | undefined
  readonly grpc: ServerTls | undefined
}

/** Reads and checks the files of certificates and keys. @throws ConfigError `CONFIG_UNREADABLE`, `CONFIG_SECRET` */
export async function readTls({ prover, grpc }: SettleConfig): Promise<NodeTls> {
  return {
    prover: prover.type === 'remote' ? await proverTls(prover.tls) : undefined,
    grpc: await grpcTls(grpc.tls),
  }
}

async function proverTls(
  files: Extract<SettleConfig['prover'], { readonly type: 'remote' }>['tls'],
): Promise<ClientTls | undefined> {
  if (files === undefined) return undefined
  const at = 'prover.remote.tls'
  const rootCertificates = await certificates(files.ca, `${at}.ca`)
  const identity = files.identity && (await identityOf(files.identity, at))
  return { rootCertificates, identity, serverName: files.serverName }
}

async function grpcTls(files: SettleConfig['grpc']['tls']): Promise<ServerTls | undefined> {
  if (files === undefined) return undefined
  const identity = await identityOf(files.identity, 'grpc.tls')
  const clientRootCertificates = await certificates(files.clientCa, 'grpc.tls.client-ca')
  return { ...identity, clientRootCertificates }
}

async function certificates(
  path: string | undefined,
  key: string,
): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined
  const ca = await readText(path, key, 'CONFIG_UNREADABLE')
  checked(key, path, () => createSecureContext({ ca }))
  return new TextEncoder().encode(ca)
}

async function identityOf(
  { certificate, key }: TlsIdentityFiles,
  at: string,
): Promise<TlsIdentity> {
  const cert = await readText(certificate, `${at}.certificate`, 'CONFIG_UNREADABLE')
  const secret = await readSecret(`${at}.key`, { file: key }, {})
  checked(`${at}.key`, key, () => createSecureContext({ cert, key: secret }))
  const encoder = new TextEncoder()
  return { certificateChain: encoder.encode(cert), privateKey: encoder.encode(secret) }
}

function checked(key: string, path: string, use: () => unknown): void {
  try {
    use()
  } catch (e) {
    const problem = `${path} cannot be used: ${errorOf(e).message}`
    throw new ConfigError('CONFIG_SECRET', key, problem, { cause: e })
  }
}
