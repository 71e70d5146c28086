import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorOf } from '@zkstack/concurrency'
import {
  parseGenesis,
  parseNodeKey,
  parseValidatorKey,
  type Genesis,
  type NodeSecretKey,
  type Result,
  type ValidatorSecretKey,
} from '@zkstack/executor'
import { ConfigError } from './config-error.js'
import type { NodeConfig, SecretSource } from './node-config.js'
import { parseConfig } from './parse-config.js'

/** Reads and checks a configuration file. @throws ConfigError */
export async function readConfig(path: string): Promise<NodeConfig> {
  return parseConfig(await readText(path, '', 'CONFIG_UNREADABLE'), dirname(path))
}

/** Reads the genesis that a configuration names. @throws ConfigError `CONFIG_GENESIS`. */
export async function readGenesis(path: string, key = 'genesis'): Promise<Genesis> {
  const parsed = parseGenesis(await readText(path, key, 'CONFIG_GENESIS'))
  if (parsed.ok) return parsed.value
  const { path: field, message } = parsed.error
  const where = field === '' ? path : `${path}, ${field}`
  throw new ConfigError('CONFIG_GENESIS', key, `${where}: ${message}`)
}

/** Reads the node's key. @throws ConfigError `CONFIG_SECRET`. */
export async function readNodeKey(
  source: SecretSource,
  env: NodeJS.ProcessEnv,
): Promise<NodeSecretKey> {
  return keyOf('nodeKey', await readSecret('nodeKey', source, env), parseNodeKey)
}

/** Reads the validator's key. @throws ConfigError `CONFIG_SECRET`. */
export async function readValidatorKey(
  source: SecretSource,
  env: NodeJS.ProcessEnv,
): Promise<ValidatorSecretKey> {
  const text = await readSecret('validatorKey', source, env)
  return keyOf('validatorKey', text, (value) => parseValidatorKey(value))
}

function keyOf<T>(
  key: string,
  text: string,
  parse: (text: string) => Result<T, { readonly message: string }>,
): T {
  const parsed = parse(text)
  if (parsed.ok) return parsed.value
  throw new ConfigError('CONFIG_SECRET', key, parsed.error.message)
}

/** Reads a secret of the configuration. @throws ConfigError `CONFIG_SECRET`. */
export async function readSecret(
  key: string,
  source: SecretSource,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if ('file' in source) {
    await refuseReadableByAll(key, source.file)
    return (await readText(source.file, key, 'CONFIG_SECRET')).trim()
  }
  const value = env[source.env]
  if (value !== undefined && value !== '') return value.trim()
  throw new ConfigError('CONFIG_SECRET', key, `the environment has no ${source.env}`)
}

/** A secret that everybody may read is none. Group access is left alone: containers mount secrets so. */
async function refuseReadableByAll(key: string, path: string): Promise<void> {
  const { mode } = await stat(path).catch(() => ({ mode: 0 }))
  if (process.platform === 'win32' || (mode & 0o007) === 0) return
  throw new ConfigError(
    'CONFIG_SECRET',
    key,
    `${path} can be read or changed by everybody on this machine: chmod 600 it`,
  )
}

/** Reads a file that the configuration needs. @throws ConfigError */
export async function readText(
  path: string,
  key: string,
  code: 'CONFIG_UNREADABLE' | 'CONFIG_GENESIS' | 'CONFIG_SECRET',
): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (e) {
    throw new ConfigError(code, key, `cannot read ${path}: ${errorOf(e).message}`, { cause: e })
  }
}
