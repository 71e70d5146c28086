import { secp256k1 } from '@noble/curves/secp256k1.js'
import { Ctx, errorOf, isCanceled, realClock, type Clock } from '@zkstack/concurrency'
import { err, ok, toHex, type Result } from '@zkstack/crypto'
import type { CallOptions } from '@zkstack/storage'
import type { Fetch } from '../client/http-exchange.js'
import { readBody } from '../client/read-body.js'
import { digestSigner } from './digest-signer.js'
import { addressOfKey } from './key-signer.js'
import type { L1Signer, L1SignerError } from './l1-signer.js'

/** Which key of Google Cloud KMS. Its algorithm is `EC_SIGN_SECP256K1_SHA256`. */
export interface GoogleKmsKey {
  readonly project: string
  readonly location: string
  readonly keyRing: string
  readonly key: string
  /** A version is a key of its own: another address. */
  readonly version: string
}

/** Options of {@link googleKmsSigner}. */
export interface GoogleKmsOptions {
  readonly key: GoogleKmsKey
  /** An OAuth access token; `renew`: the last one was not accepted. */
  readonly accessToken: (o: CallOptions & { readonly renew: boolean }) => Promise<string>
  /** Default: `https://cloudkms.googleapis.com`. */
  readonly baseUrl?: string
  /** Of one request; default 10 000. */
  readonly timeoutMs?: number
  readonly clock?: Clock
  readonly fetch?: Fetch
}

/** The service's answers are below 4 KiB. */
const maxAnswerBytes = 64 * 1024

/** `SubjectPublicKeyInfo` of an uncompressed key of secp256k1, up to the key. @see https://www.rfc-editor.org/rfc/rfc5480 */
const spkiPrefix = '3056301006072a8648ce3d020106052b8104000a034200'

/** Resource name of a key version. @throws RangeError for a part that is empty or has a slash. */
export function googleKmsKeyName(key: GoogleKmsKey): string {
  const parts = [
    ['projects', key.project],
    ['locations', key.location],
    ['keyRings', key.keyRing],
    ['cryptoKeys', key.key],
    ['cryptoKeyVersions', key.version],
  ] as const
  for (const [collection, id] of parts)
    if (!/^[\w.:-]+$/.test(id)) throw new RangeError(`${collection}: '${id}' is no name`)
  return parts.flat().join('/')
}

/**
 * A signer whose key never leaves Google Cloud KMS. The address is that of the public key that the service gives, and every
 * signature is verified against it. Nothing is retried but a token that has expired.
 *
 * @see https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions/asymmetricSign
 */
export async function googleKmsSigner(
  o: GoogleKmsOptions,
  call: CallOptions,
): Promise<Result<L1Signer, L1SignerError>> {
  const name = googleKmsKeyName(o.key)
  const answer = await ask(o, `${name}/publicKey`, undefined, call)
  if (!answer.ok) return answer
  const publicKey = publicKeyOf(answer.value['pem'])
  if (publicKey === undefined)
    return err(inconsistent(`${name}: the public key is none of secp256k1`))
  return ok(
    digestSigner({
      address: addressOfKey(publicKey),
      async signDigest(digest, own) {
        const sha256 = Buffer.from(digest).toString('base64')
        const signed = await ask(o, `${name}:asymmetricSign`, { digest: { sha256 } }, own)
        if (!signed.ok) return signed
        const parts = signatureOf(signed.value['signature'])
        return parts === undefined
          ? err(inconsistent(`${name}: the signature is no DER of two numbers`))
          : ok(parts)
      },
    }),
  )
}

/** 65 bytes of a PEM's key; `undefined` when it is none of secp256k1. */
function publicKeyOf(pem: unknown): Uint8Array | undefined {
  if (typeof pem !== 'string') return undefined
  const body = /^-----BEGIN PUBLIC KEY-----([\s\w+/=]+)-----END PUBLIC KEY-----\s*$/.exec(pem)
  const der = Buffer.from(body?.[1] ?? '', 'base64')
  const prefixBytes = spkiPrefix.length / 2
  if (toHex(der.subarray(0, prefixBytes)) !== spkiPrefix) return undefined
  const key = Uint8Array.from(der.subarray(prefixBytes))
  return key.length === 65 && secp256k1.utils.isValidPublicKey(key, false) ? key : undefined
}

/** The two numbers of a DER signature. */
function signatureOf(base64: unknown): { readonly r: bigint; readonly s: bigint } | undefined {
  if (typeof base64 !== 'string') return undefined
  try {
    const der = Uint8Array.from(Buffer.from(base64, 'base64'))
    const { r, s } = secp256k1.Signature.fromBytes(der, 'der')
    return { r, s }
  } catch {
    return undefined
  }
}

type Answer = Readonly<Record<string, unknown>>

async function ask(
  o: GoogleKmsOptions,
  path: string,
  body: unknown,
  call: CallOptions,
): Promise<Result<Answer, L1SignerError>> {
  const first = await askOnce(o, path, body, call, false)
  return first === 'EXPIRED' ? expiredAsError(await askOnce(o, path, body, call, true)) : first
}

function expiredAsError(
  answer: Result<Answer, L1SignerError> | 'EXPIRED',
): Result<Answer, L1SignerError> {
  return answer === 'EXPIRED'
    ? err({ code: 'REFUSED', message: 'Google Cloud KMS does not accept the token', retry: false })
    : answer
}

async function askOnce(
  o: GoogleKmsOptions,
  path: string,
  body: unknown,
  call: CallOptions,
  renew: boolean,
): Promise<Result<Answer, L1SignerError> | 'EXPIRED'> {
  const { clock = realClock, timeoutMs = 10_000, baseUrl = 'https://cloudkms.googleapis.com' } = o
  using outer = Ctx.root({ clock, signal: call.signal })
  using ctx = outer.child({ timeoutMs })
  try {
    const token = await ctx.race(o.accessToken({ signal: ctx.signal, renew }))
    const send = o.fetch ?? ((url, init) => fetch(url, init))
    const response = await ctx.race(
      send(`${baseUrl}/v1/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: ctx.signal,
        redirect: 'error',
      }),
    )
    return await ctx.race(readAnswer(response))
  } catch (e) {
    outer.throwIfCanceled()
    const reason = isCanceled(e) ? `no answer in ${timeoutMs} ms` : errorOf(e).message
    return err({ code: 'UNAVAILABLE', message: `Google Cloud KMS: ${reason}`, retry: true })
  }
}

async function readAnswer(response: Response): Promise<Result<Answer, L1SignerError> | 'EXPIRED'> {
  const { status } = response
  const text = await readBody(response, maxAnswerBytes)
  if (status === 401) return 'EXPIRED'
  const message = `Google Cloud KMS: HTTP status ${status}: ${text?.slice(0, 200) ?? ''}`
  if (status === 408 || status === 429 || status >= 500)
    return err({ code: 'UNAVAILABLE', message, retry: true })
  if (!response.ok) return err({ code: 'REFUSED', message, retry: false })
  const answer = text === undefined ? undefined : parse(text)
  return answer === undefined ? err(inconsistent('Google Cloud KMS: no JSON object')) : ok(answer)
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Answer) : undefined
  } catch {
    return undefined
  }
}

function inconsistent(message: string): L1SignerError {
  return { code: 'INCONSISTENT', message, retry: true }
}
