import { Ctx, onAbort, type Logger } from '@zkstack/concurrency'
import { exitCodes, type CommandIo } from './command.js'

/** How long an orderly stop may take before the process ends anyway, in milliseconds: below the five seconds that we promise. */
const STOP_LIMIT_MS = 4_000

/** Made by {@link stopLimit}. */
export interface StopLimit {
  /** The stop begins, if it has not: the limit runs from the first call on. */
  begin(): void
  /** The stop took no longer. */
  cancel(): void
}

/** Ends the process when a stop takes too long: from a signal on, or from its begin. */
export function stopLimit(io: CommandIo, logger: Logger): StopLimit {
  const ctx = Ctx.root()
  let hasBegun = false
  const begin = (): void => {
    if (hasBegun) return
    hasBegun = true
    logger.info('stopping')
    ctx.sleep(STOP_LIMIT_MS).then(
      () => {
        logger.error('the node did not stop in time; the process ends now', {
          limitMs: STOP_LIMIT_MS,
        })
        process.exit(exitCodes.failed)
      },
      () => undefined,
    )
  }
  // It may have come before, while the configuration was read.
  onAbort(io.signal, begin)
  return {
    begin,
    cancel() {
      ctx.cancel()
    },
  }
}
