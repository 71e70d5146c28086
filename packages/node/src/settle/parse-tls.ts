import { ConfigError } from '../config/config-error.js'
import type { ClientTlsFiles, ServerTlsFiles, TlsIdentityFiles } from './settle-config.js'
import type { SettleTable } from './settle-table.js'

type ToPath = (value: string) => string

/** `tls` of a client: `ca`, `certificate` with `key`, `server-name`. @throws ConfigError */
export function clientTlsOf(table: SettleTable, path: ToPath): ClientTlsFiles | undefined {
  if (!table.plain.has('tls')) return undefined
  const tls = table.table('tls', ['ca', 'certificate', 'key', 'server-name'])
  const serverName = tls.plain.optionalText('server-name')
  return { ca: optionalPath(tls, 'ca', path), identity: identityOf(tls, path), serverName }
}

/** `tls` of a server: `certificate` with `key`, `client-ca`. @throws ConfigError */
export function serverTlsOf(table: SettleTable, path: ToPath): ServerTlsFiles | undefined {
  if (!table.plain.has('tls')) return undefined
  const tls = table.table('tls', ['certificate', 'key', 'client-ca'])
  const identity = identityOf(tls, path)
  if (identity !== undefined) return { identity, clientCa: optionalPath(tls, 'client-ca', path) }
  throw new ConfigError('CONFIG_MISSING', tls.plain.at('certificate'), 'is missing')
}

function identityOf(tls: SettleTable, path: ToPath): TlsIdentityFiles | undefined {
  const [certificate, key] = [
    optionalPath(tls, 'certificate', path),
    optionalPath(tls, 'key', path),
  ]
  if (certificate === undefined && key === undefined) return undefined
  if (certificate !== undefined && key !== undefined) return { certificate, key }
  const missing = tls.plain.at(key === undefined ? 'key' : 'certificate')
  throw new ConfigError(
    'CONFIG_MISSING',
    missing,
    'is missing: a certificate and its key go together',
  )
}

function optionalPath({ plain }: SettleTable, name: string, path: ToPath): string | undefined {
  const text = plain.optionalText(name)
  return text === undefined ? undefined : path(text)
}
