import { parse, TomlError } from 'smol-toml'
import { ConfigError } from './config-error.js'

/** Reads TOML. @throws ConfigError `CONFIG_SYNTAX` that says where. */
export function parseToml(text: string): unknown {
  try {
    return parse(text)
  } catch (e) {
    if (!(e instanceof TomlError)) throw e
    // The first line says what is wrong; the others quote the file, which may hold a secret in the wrong place.
    const problem = e.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? ''
    const where = `line ${e.line}, column ${e.column}`
    throw new ConfigError('CONFIG_SYNTAX', '', `${where}: ${problem}`)
  }
}
