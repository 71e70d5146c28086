import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { secp256k1 } from '@noble/curves/secp256k1.js'

/** What goes wrong with one request to a {@link FakeKms}. */
export type KmsFault =
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'hang' }
  | { readonly type: 'body'; readonly body: string }
  /** A signature of another key. */
  | { readonly type: 'otherKey' }
  /** A signature over another digest. */
  | { readonly type: 'otherDigest' }

/** The part of Google Cloud KMS that signs, with one key. */
export interface FakeKms extends AsyncDisposable {
  readonly url: string
  /** The token that it accepts. */
  token: string
  /** Method and path of all requests, the oldest first. */
  readonly requests: string[]
  /** Decides on each request; `undefined`: it is served. */
  fault: (request: string) => KmsFault | undefined
  /** Gives signatures with a high s, as the real service may. */
  highS: boolean
}

const { ORDER } = secp256k1.Point.Fn
const spkiPrefix = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex')

/**
 * Starts a server that signs with `privateKey` under the resource name `keyName`, on a port of this machine that the operating
 * system chooses.
 */
export async function startFakeKms(keyName: string, privateKey: Uint8Array): Promise<FakeKms> {
  const kms = {
    token: 'token-1',
    requests: [] as string[],
    fault: (_: string): KmsFault | undefined => undefined,
    highS: false,
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const line = `${request.method} ${request.url}`
    kms.requests.push(line)
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += String(part)
    const fault = kms.fault(line)
    if (fault?.type === 'hang') return
    if (fault?.type === 'status') return end(response, fault.status, {})
    if (fault?.type === 'body') return end(response, 200, fault.body)
    if (request.headers.authorization !== `Bearer ${kms.token}`) return end(response, 401, {})
    if (line === `GET /v1/${keyName}/publicKey`) return end(response, 200, publicKey(privateKey))
    if (line !== `POST /v1/${keyName}:asymmetricSign`) return end(response, 404, {})
    const { digest } = JSON.parse(body) as { readonly digest: { readonly sha256: string } }
    const bytes = Uint8Array.from(Buffer.from(digest.sha256, 'base64'))
    if (fault?.type === 'otherDigest') bytes[0] = (bytes[0] ?? 0) ^ 1
    const key = fault?.type === 'otherKey' ? new Uint8Array(32).fill(9) : privateKey
    end(response, 200, { name: keyName, signature: signature(bytes, key, kms.highS) })
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new TypeError('the server has no port')
  return Object.assign(kms, {
    url: `http://127.0.0.1:${bound.port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  })
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

function publicKey(privateKey: Uint8Array): unknown {
  const key = Buffer.concat([spkiPrefix, secp256k1.getPublicKey(privateKey, false)])
  const lines = key.toString('base64').match(/.{1,64}/g) ?? []
  const pem = ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n')
  return { pem, algorithm: 'EC_SIGN_SECP256K1_SHA256' }
}

function signature(digest: Uint8Array, privateKey: Uint8Array, highS: boolean): string {
  const compact = secp256k1.sign(digest, privateKey, { prehash: false, lowS: true })
  const { r, s } = secp256k1.Signature.fromBytes(compact, 'compact')
  const given = new secp256k1.Signature(r, highS ? ORDER - s : s)
  return Buffer.from(given.toBytes('der')).toString('base64')
}
