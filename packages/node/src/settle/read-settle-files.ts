import { dirname } from 'node:path'
import type { Clock } from '@zkstack/concurrency'
import { googleKmsSigner, keystoreSigner, type L1Signer } from '@zkstack/l1'
import { ConfigError } from '../config/config-error.js'
import { readSecret, readText } from '../config/read-files.js'
import { googleAccessToken, parseServiceAccount } from './google-access-token.js'
import { parseSettleConfig } from './parse-settle-config.js'
import type { KeystoreSource, SettleConfig, SignerConfig } from './settle-config.js'

/** Reads and checks the configuration of a settlement node. @throws ConfigError */
export async function readSettleConfig(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<SettleConfig> {
  return parseSettleConfig(await readText(path, '', 'CONFIG_UNREADABLE'), dirname(path), env)
}

/** What signers are made with. */
export interface SignerSurroundings {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Decrypts the keys that settle, or asks for their addresses. @throws ConfigError `CONFIG_SECRET`. */
export async function readSigners(
  config: SignerConfig,
  o: SignerSurroundings,
): Promise<readonly [L1Signer, ...L1Signer[]]> {
  const signers: L1Signer[] = []
  if (config.type === 'keystores')
    for (const [i, source] of config.keystores.entries())
      signers.push(await keystoreSignerOf(source, `auth.local.private-keys[${i}]`, o.env))
  else signers.push(...(await googleKmsSigners(config, o)))
  const [first, ...others] = signers
  if (first !== undefined) return [first, ...others]
  throw new ConfigError('CONFIG_MISSING', 'auth', 'there is no key')
}

async function keystoreSignerOf(
  { path, password }: KeystoreSource,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<L1Signer> {
  const secret = 'text' in password ? password.text : await readSecret(key, password, env)
  const signer = await keystoreSigner(await readText(path, key, 'CONFIG_SECRET'), secret)
  if (signer.ok) return signer.value
  throw new ConfigError('CONFIG_SECRET', key, `${path}: ${signer.error.message}`)
}

async function googleKmsSigners(
  { keys, credentials, endpoint }: Extract<SignerConfig, { readonly type: 'googleKms' }>,
  { clock, signal }: SignerSurroundings,
): Promise<readonly L1Signer[]> {
  const account =
    credentials === undefined
      ? undefined
      : parseServiceAccount(await readText(credentials, 'auth.gcpkms.credentials', 'CONFIG_SECRET'))
  const accessToken = googleAccessToken(account, clock)
  const baseUrl = endpoint === undefined ? {} : { baseUrl: endpoint }
  const signers: L1Signer[] = []
  for (const key of keys) {
    const signer = await googleKmsSigner({ key, accessToken, clock, ...baseUrl }, { signal })
    if (!signer.ok) throw new ConfigError('CONFIG_SECRET', 'auth.gcpkms', signer.error.message)
    signers.push(signer.value)
  }
  return signers
}
