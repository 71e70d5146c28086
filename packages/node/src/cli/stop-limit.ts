import { Ctx, onAbort, type Logger } from '@zkstack/concurrency'
import { exitCodes, type CommandIo } from './command.js'

/** How long an orderly stop may take before the process ends anyway, in milliseconds: below the five seconds that we promise. */
const STOP_LIMIT_MS = 4_000

/** Ends the process when a stop takes too long; cancel the result when it did not. */
export function stopLimit(io: CommandIo, logger: Logger): Ctx {
  const ctx = Ctx.root()
  // It may have come before, while the configuration was read.
  onAbort(io.signal, () => {
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
  })
  return ctx
}
