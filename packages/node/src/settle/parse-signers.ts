import type { GoogleKmsKey } from '@zkstack/l1'
import { ConfigError } from '../config/config-error.js'
import type { SecretSource } from '../config/node-config.js'
import type { KeystoreSource, SignerConfig } from './settle-config.js'
import type { SettleTable } from './settle-table.js'

/** Who signs, by `auth.local` or `auth.gcpkms`. @throws ConfigError */
export function signersOf(
  root: SettleTable,
  path: (value: string) => string,
  env: NodeJS.ProcessEnv,
): SignerConfig {
  const auth = root.table('auth', ['local', 'gcpkms'])
  if (!auth.plain.has('gcpkms')) return keystoresOf(auth, path)
  if (!auth.plain.has('local')) return googleKmsOf(auth, path, env)
  throw new ConfigError('CONFIG_INVALID', 'auth', 'give either auth.local or auth.gcpkms')
}

function keystoresOf(auth: SettleTable, path: (value: string) => string): SignerConfig {
  const local = auth.table('local', ['private-keys'])
  const known = ['path', 'password', 'password-file', 'password-env']
  const keys = local.plain.tables('private-keys', known)
  if (keys.length === 0) {
    const problem = 'is missing: give [{ path = "…", password-file = "…" }]'
    throw new ConfigError('CONFIG_MISSING', 'auth.local.private-keys', problem)
  }
  const keystores = keys.map((key): KeystoreSource => {
    const [text, file, variable] = ['password', 'password-file', 'password-env'].map((name) =>
      key.optionalText(name),
    )
    const sources: (SecretSource | { readonly text: string })[] = [
      ...(text === undefined ? [] : [{ text }]),
      ...(file === undefined ? [] : [{ file: path(file) }]),
      ...(variable === undefined ? [] : [{ env: variable }]),
    ]
    const [password, ...others] = sources
    if (password !== undefined && others.length === 0)
      return { path: path(key.text('path')), password }
    const problem = 'give one of password-file, password-env and password'
    throw new ConfigError('CONFIG_INVALID', key.at('password'), problem)
  })
  return { type: 'keystores', keystores }
}

/** Keys of the table, and the variables that take their place. */
const variables = {
  'project-id': ['GOOGLE_PROJECT_ID'],
  location: ['GOOGLE_LOCATION'],
  keyring: ['GOOGLE_KEYRING'],
  'pp-settlement-key-name': ['GOOGLE_KEY_NAME_PP_SETTLEMENT', 'GOOGLE_KEY_NAME'],
  'pp-settlement-key-version': ['GOOGLE_KEY_VERSION_PP_SETTLEMENT', 'GOOGLE_KEY_VERSION'],
  'tx-settlement-key-name': ['GOOGLE_KEY_NAME_TX_SETTLEMENT'],
  'tx-settlement-key-version': ['GOOGLE_KEY_VERSION_TX_SETTLEMENT'],
} as const

type Name = keyof typeof variables

/** What stands for a key of the table in older configurations. */
const legacy: Readonly<Partial<Record<Name, string>>> = {
  'pp-settlement-key-name': 'key-name',
  'pp-settlement-key-version': 'key-version',
}

function googleKmsOf(
  auth: SettleTable,
  path: (value: string) => string,
  env: NodeJS.ProcessEnv,
): SignerConfig {
  const kms = auth.table('gcpkms', [
    ...Object.keys(variables),
    ...['key-name', 'key-version', 'credentials', 'endpoint'],
  ])
  const optional = (name: Name): string | undefined => {
    const fromEnv = variables[name].map((variable) => env[variable]).find((text) => text)
    const old = legacy[name]
    return fromEnv ?? textOf(kms, name) ?? (old === undefined ? undefined : textOf(kms, old))
  }
  const required = (name: Name): string => {
    const text = optional(name)
    if (text !== undefined) return text
    const problem = `is missing: give it, or ${variables[name][0]} in the environment`
    throw new ConfigError('CONFIG_MISSING', kms.plain.at(name), problem)
  }
  const place = {
    project: required('project-id'),
    location: required('location'),
    keyRing: required('keyring'),
  }
  const settling: GoogleKmsKey = {
    ...place,
    key: required('pp-settlement-key-name'),
    version: required('pp-settlement-key-version'),
  }
  const [key, version] = [optional('tx-settlement-key-name'), optional('tx-settlement-key-version')]
  if ((key === undefined) !== (version === undefined))
    throw new ConfigError(
      'CONFIG_INVALID',
      kms.plain.at('tx-settlement-key-name'),
      'give its name and its version, or neither',
    )
  const other = key === undefined || version === undefined ? undefined : { ...place, key, version }
  const isOther = other !== undefined && (key !== settling.key || version !== settling.version)
  const credentials = env['GOOGLE_APPLICATION_CREDENTIALS'] ?? textOf(kms, 'credentials')
  return {
    type: 'googleKms',
    keys: isOther ? [settling, other] : [settling],
    credentials: credentials === undefined ? undefined : path(credentials),
    endpoint: endpointOf(kms),
  }
}

/** Text, or a whole number, as versions of keys are. */
function textOf(kms: SettleTable, key: string): string | undefined {
  const [, value] = kms.entries().find(([name]) => name === key) ?? []
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return kms.plain.optionalText(key)
}

function endpointOf(kms: SettleTable): string | undefined {
  const url = kms.plain.optionalText('endpoint')
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
    return url?.replace(/\/$/, '')
  throw new ConfigError('CONFIG_INVALID', kms.plain.at('endpoint'), 'expected an https: URL')
}
