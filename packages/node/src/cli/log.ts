import { jsonLogger, type Clock, type Logger, type LogLevel } from '@zkstack/concurrency'

/** A logger of one JSON object a line, with the time in front. */
export function lineLogger(
  write: (text: string) => void,
  o: { readonly level: LogLevel; readonly clock: Clock },
): Logger {
  return jsonLogger(
    (line) => {
      write(`{"time":"${new Date(o.clock.nowUtc()).toISOString()}",${line.slice(1)}\n`)
    },
    { level: o.level },
  )
}
