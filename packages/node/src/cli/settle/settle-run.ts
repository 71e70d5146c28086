import { isCanceled, realClock } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { readSigners } from '../../settle/read-settle-files.js'
import { readTls } from '../../settle/read-tls.js'
import { runSettle } from '../../settle/run-settle.js'
import { exitCodes, type CommandArguments, type CommandIo } from '../command.js'
import { lineLogger } from '../log.js'
import { stopLimit } from '../stop-limit.js'
import { operands, settleConfig } from './settle-config-option.js'

/** `zkstack settle run` */
export async function settleRun(args: CommandArguments, io: CommandIo): Promise<number> {
  operands(args, 1, [])
  await loadCryptoBackends()
  const config = await settleConfig(args, io)
  if (args.has('check')) {
    await readTls(config)
    await readSigners(config.signers, { env: io.env, clock: realClock, signal: io.signal })
    io.err('the configuration is good\n')
    return exitCodes.ok
  }
  const logger = lineLogger(io.err, { level: config.logLevel, clock: realClock })
  for (const key of config.ignored) logger.warn('a key has no effect here', { key })
  const { prover } = config
  if (prover.type === 'native' || prover.accepts.type === 'native')
    logger.warn('FOR DEVELOPMENT: certificates are executed and not proven', {
      prover: prover.type,
    })
  if (config.rpc.adminToken === undefined)
    logger.warn('the admin methods are not served: there is no rpc.admin-token')
  const stopped = stopLimit(io, logger)
  try {
    await runSettle(config, {
      env: io.env,
      logger,
      signal: io.signal,
      onStarted(addresses) {
        io.out(`${JSON.stringify(addresses)}\n`)
        logger.info('the settlement node listens', { ...addresses })
      },
    })
    return exitCodes.ok
  } catch (e) {
    if (!isCanceled(e) || !io.signal.aborted) throw e
    logger.info('the settlement node stopped')
    return exitCodes.ok
  } finally {
    stopped.cancel()
  }
}
