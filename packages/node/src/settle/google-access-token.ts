import { createSign } from 'node:crypto'
import { errorOf, type Clock } from '@zkstack/concurrency'
import type { GoogleKmsOptions } from '@zkstack/l1'
import { ConfigError } from '../config/config-error.js'

type AccessToken = GoogleKmsOptions['accessToken']

const SCOPE = 'https://www.googleapis.com/auth/cloudkms'

/** Of a machine of Google Cloud, for the service account that it runs as. */
const METADATA_URL =
  'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token'

/** A token is renewed so long before it expires, in milliseconds. */
const EARLY_MS = 60_000

/** The key of a service account, as Google gives it out in a file. */
interface ServiceAccount {
  readonly clientEmail: string
  readonly privateKey: string
  readonly tokenUri: string
}

/** Reads the file that `GOOGLE_APPLICATION_CREDENTIALS` names. @throws ConfigError `CONFIG_SECRET` */
export function parseServiceAccount(text: string): ServiceAccount {
  const fields = fieldsOf(text)
  const { client_email: clientEmail, private_key: privateKey, token_uri: tokenUri } = fields
  if (
    fields['type'] === 'service_account' &&
    typeof clientEmail === 'string' &&
    typeof privateKey === 'string' &&
    typeof tokenUri === 'string' &&
    URL.canParse(tokenUri)
  )
    return { clientEmail, privateKey, tokenUri }
  const problem = 'the credentials are no key of a service account'
  throw new ConfigError('CONFIG_SECRET', 'auth.gcpkms.credentials', problem)
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/**
 * Gives OAuth tokens of a service account, or, without one, of the machine; each is used until it is about to expire.
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 * @see https://cloud.google.com/compute/docs/access/authenticate-workloads
 */
export function googleAccessToken(account: ServiceAccount | undefined, clock: Clock): AccessToken {
  let kept: { readonly token: string; readonly until: number } | undefined
  return async ({ signal, renew }) => {
    if (kept !== undefined && !renew && clock.now() < kept.until) return kept.token
    const response =
      account === undefined
        ? await fetch(METADATA_URL, { headers: { 'metadata-flavor': 'Google' }, signal })
        : await fetch(account.tokenUri, {
            method: 'POST',
            body: new URLSearchParams({
              grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
              assertion: assertionOf(account, clock),
            }),
            redirect: 'error',
            signal,
          })
    const { access_token: token, expires_in: seconds } = fieldsOf(await response.text())
    if (!response.ok || typeof token !== 'string' || typeof seconds !== 'number')
      throw new Error(`no access token: HTTP status ${response.status}`)
    kept = { token, until: clock.now() + seconds * 1_000 - EARLY_MS }
    return token
  }
}

/** A JSON Web Token that is good for an hour. @see https://www.rfc-editor.org/rfc/rfc7523 */
function assertionOf({ clientEmail, privateKey, tokenUri }: ServiceAccount, clock: Clock): string {
  const now = Math.floor(clock.nowUtc() / 1_000)
  const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUri, iat: now, exp: now + 3_600 }
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`
  try {
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')
    return `${signed}.${signature}`
  } catch (e) {
    throw new Error('the private key of the service account cannot sign', { cause: errorOf(e) })
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
