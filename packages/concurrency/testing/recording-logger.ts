import type { LogFields, Logger, LogLevel } from '../src/logger.js'

/** One line that was logged. */
export interface LogRecord {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** A logger that appends every line, its children's included, to `records`. */
export function recordingLogger(
  records: LogRecord[] = [],
  base: LogFields = {},
): Logger & { readonly records: readonly LogRecord[] } {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    records.push({ level, message, fields: { ...base, ...fields } })
  }
  return {
    records,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => recordingLogger(records, { ...base, ...fields }),
  }
}
