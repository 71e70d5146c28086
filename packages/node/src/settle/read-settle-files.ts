import { dirname } from 'node:path'
import { keystoreSigner, type L1Signer } from '@zkstack/l1'
import { ConfigError } from '../config/config-error.js'
import { readSecret, readText } from '../config/read-files.js'
import { parseSettleConfig } from './parse-settle-config.js'
import type { KeystoreSource, SettleConfig } from './settle-config.js'

/** Reads and checks the configuration of a settlement node. @throws ConfigError */
export async function readSettleConfig(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<SettleConfig> {
  return parseSettleConfig(await readText(path, '', 'CONFIG_UNREADABLE'), dirname(path), env)
}

/** Decrypts the keys that settle. @throws ConfigError `CONFIG_SECRET`. */
export async function readSigners(
  sources: readonly KeystoreSource[],
  env: NodeJS.ProcessEnv,
): Promise<readonly [L1Signer, ...L1Signer[]]> {
  const signers: L1Signer[] = []
  for (const [i, source] of sources.entries())
    signers.push(await signerOf(source, `auth.local.private-keys[${i}]`, env))
  const [first, ...others] = signers
  if (first !== undefined) return [first, ...others]
  throw new ConfigError('CONFIG_MISSING', 'auth.local.private-keys', 'is empty')
}

async function signerOf(
  { path, password }: KeystoreSource,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<L1Signer> {
  const secret = 'text' in password ? password.text : await readSecret(key, password, env)
  const signer = await keystoreSigner(await readText(path, key, 'CONFIG_SECRET'), secret)
  if (signer.ok) return signer.value
  throw new ConfigError('CONFIG_SECRET', key, `${path}: ${signer.error.message}`)
}
