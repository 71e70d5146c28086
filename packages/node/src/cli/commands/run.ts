import { isCanceled, realClock, type Logger } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import type { ConsensusNode } from '@zkstack/executor'
import { readConfig } from '../../config/read-files.js'
import { checkNode } from '../../run/check-node.js'
import { runNode } from '../../run/run-node.js'
import { exitCodes, type Command } from '../command.js'
import { giveHeapRoom } from '../give-heap-room.js'
import { lineLogger } from '../log.js'
import { stopLimit } from '../stop-limit.js'

/** `zkstack run` */
export const run: Command = {
  name: 'run',
  summary: 'Runs a node until SIGTERM or SIGINT.',
  about: `Logs one JSON object a line to the error output, and prints {"listening", "status"} once it listens.
The first SIGTERM or SIGINT stops the node in order, within five seconds; a second one at once.
What may stand in the configuration: docs/operation/configuration.md.`,
  options: [
    { name: 'config', value: '<file>', help: 'the configuration, TOML' },
    {
      name: 'check',
      help: 'only check the configuration, keys and genesis, and load the execution layer',
    },
  ],
  examples: [
    { line: 'zkstack run --config /etc/zkstack/config.toml', does: 'a node, in the foreground' },
    {
      line: 'zkstack run --config config.toml --check',
      does: 'what keeps it from a start, without one',
    },
  ],
  async run(args, io) {
    await loadCryptoBackends()
    const config = await readConfig(args.required('config'))
    const logger = lineLogger(io.err, { level: config.logLevel, clock: realClock })
    if (args.has('check')) {
      await checkNode(config, { env: io.env, logger })
      io.err('the configuration is good\n')
      return exitCodes.ok
    }
    giveHeapRoom()
    const stopped = stopLimit(io, logger)
    try {
      await runNode(config, {
        env: io.env,
        logger,
        signal: io.signal,
        onStarted({ node, url }) {
          io.out(`${JSON.stringify({ listening: node.addresses, status: url })}\n`)
          logger.info('the node listens', { addresses: node.addresses, status: url })
          logReady(node, logger)
        },
        onEnding() {
          stopped.begin()
        },
      })
      logger.info('the node stopped')
      return exitCodes.ok
    } catch (e) {
      if (isCanceled(e) && io.signal.aborted) return exitCodes.ok
      throw e
    } finally {
      stopped.cancel()
    }
  },
}

function logReady(node: ConsensusNode, logger: Logger): void {
  node.ready.then(
    () => {
      const { phase, role, committed } = node.status
      logger.info('the node is ready', { phase, role, committed })
    },
    () => undefined,
  )
}
