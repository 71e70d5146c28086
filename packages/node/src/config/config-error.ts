import { ZkStackError } from '@zkstack/concurrency'

/**
 * Codes of a {@link ConfigError}: `CONFIG_UNREADABLE` (no such file, no permission), `CONFIG_SYNTAX` (not TOML), `CONFIG_MISSING`,
 * `CONFIG_UNKNOWN` (a key that nobody reads), `CONFIG_INVALID` (a value that does not fit its key), `CONFIG_SECRET` (a secret that
 * is absent, readable by others, or no key), `CONFIG_GENESIS`, `CONFIG_EXECUTION` (the module does not load, or is no execution
 * layer).
 */
export type ConfigErrorCode =
  | 'CONFIG_UNREADABLE'
  | 'CONFIG_SYNTAX'
  | 'CONFIG_MISSING'
  | 'CONFIG_UNKNOWN'
  | 'CONFIG_INVALID'
  | 'CONFIG_SECRET'
  | 'CONFIG_GENESIS'
  | 'CONFIG_EXECUTION'

/** A wrong configuration: which key of which file, what is wrong, what to do. Never quotes a secret. */
export class ConfigError extends ZkStackError {
  constructor(
    code: ConfigErrorCode,
    /** The key, such as `peers.outbound[2].addr`; empty when the whole file is meant. */
    readonly key: string,
    problem: string,
    o?: { readonly cause?: unknown },
  ) {
    super(code, key === '' ? problem : `${key}: ${problem}`, o)
  }
}
