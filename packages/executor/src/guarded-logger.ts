import { errorOf, silentLogger, type LogFields, type Logger } from '@zkstack/concurrency'

type Level = Exclude<keyof Logger, 'child'>

/**
 * A logger that harms nobody who logs, around one that may throw or reject: a line that it does not write is lost, and the first
 * such failure is told.
 */
export function guardedLogger(logger: Logger, onFailure: (error: Error) => void): Logger {
  if (logger === silentLogger) return logger
  let isTold = false
  const fail = (e: unknown): void => {
    if (isTold) return
    isTold = true
    onFailure(errorOf(e))
  }
  return guard(logger, fail)
}

function guard(logger: Logger, fail: (e: unknown) => void): Logger {
  const at =
    (level: Level) =>
    (message: string, fields?: LogFields): void => {
      try {
        // An async function passes where a function without a result is expected.
        const result: unknown = logger[level](message, fields)
        if (result instanceof Promise) result.catch(fail)
      } catch (e) {
        fail(e)
      }
    }
  const guarded: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => {
      try {
        return guard(logger.child(fields), fail)
      } catch (e) {
        fail(e)
        return guarded
      }
    },
  }
  return guarded
}
