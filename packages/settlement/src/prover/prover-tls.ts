import { credentials, ServerCredentials, type ChannelCredentials } from '@grpc/grpc-js'
import { bufferOf } from './grpc/buffers.js'

/** Files in PEM. */
export interface TlsIdentity {
  readonly certificateChain: Uint8Array
  readonly privateKey: Uint8Array
}

/** How a client knows its server, and the server it. */
export interface ClientTls {
  /** Who signs for servers; default: whom the platform trusts. */
  readonly rootCertificates?: Uint8Array | undefined
  /** If the server wants to know who asks. */
  readonly identity?: TlsIdentity | undefined
  /** The name in the server's certificate, if not the one that it is reached by. */
  readonly serverName?: string | undefined
}

/** Who a server is, and who may ask. */
export interface ServerTls extends TlsIdentity {
  /** Who signs for clients; without, anybody may ask. */
  readonly clientRootCertificates?: Uint8Array | undefined
}

/** Without TLS, anybody on the way reads and changes what is sent; proofs are verified all the same. */
export function clientCredentials(tls: ClientTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure()
  const { rootCertificates, identity } = tls
  return credentials.createSsl(
    rootCertificates === undefined ? null : bufferOf(rootCertificates),
    identity === undefined ? null : bufferOf(identity.privateKey),
    identity === undefined ? null : bufferOf(identity.certificateChain),
  )
}

/** The other side of {@link clientCredentials}. */
export function serverCredentials(tls: ServerTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure()
  const { clientRootCertificates, certificateChain, privateKey } = tls
  const roots = clientRootCertificates === undefined ? null : bufferOf(clientRootCertificates)
  const pair = { private_key: bufferOf(privateKey), cert_chain: bufferOf(certificateChain) }
  return ServerCredentials.createSsl(roots, [pair], clientRootCertificates !== undefined)
}
