/** Structured data of a log line. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where the library writes what happens; embedders plug in their own. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

/** A logger that writes nothing: the default everywhere. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}

/** The levels of a logger, from chatty to quiet. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** What is written for a field; `shown` is what its own `toJSON`, if it has one, made of it. */
function plain(this: unknown, key: string, shown: unknown): unknown {
  const value = (this as Readonly<Record<string, unknown>>)[key]
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array)
    return Array.from(value, (b) => b.toString(16).padStart(2, '0')).join('')
  if (value instanceof Error)
    return {
      name: value.name,
      message: value.message,
      ...('code' in value ? { code: value.code } : {}),
    }
  return shown
}

/**
 * A logger that hands one JSON object per line to `write`, without a line end: `{"level", "message", …fields}`. Numbers of type
 * `bigint` become decimal text, byte arrays hexadecimal, errors their name, message and code.
 */
export function jsonLogger(
  write: (line: string) => void,
  o: { readonly level?: LogLevel; readonly fields?: LogFields } = {},
): Logger {
  const from = logLevels.indexOf(o.level ?? 'info')
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (logLevels.indexOf(level) >= from)
      write(JSON.stringify({ level, message, ...o.fields, ...fields }, plain))
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => jsonLogger(write, { ...o, fields: { ...o.fields, ...fields } }),
  }
}
