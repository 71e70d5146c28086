import type { Logger } from '@zkstack/concurrency'
import { checkNodeOptions, memoryStore, type Genesis } from '@zkstack/executor'
import type { NodeConfig } from '../config/node-config.js'
import type { ExecutionModule } from './execution-factory.js'
import { importExecution, isBuiltin } from './load-execution.js'
import { nodeOptions, readIdentity } from './run-node.js'

/**
 * Finds what keeps a node with this configuration from a start, as far as that shows without one: keys, genesis, limits, options that
 * contradict each other, a module that does not load.
 *
 * @throws ConfigError, NodeOptionError
 */
export async function checkNode(
  config: NodeConfig,
  o: { readonly env: NodeJS.ProcessEnv; readonly logger: Logger },
): Promise<void> {
  const identity = await readIdentity(config, o.env)
  const { genesis } = identity
  const factory = await importExecution(config.execution)
  const { data: dataDir, executionOptions: options } = config
  const module = isBuiltin(config.execution)
    ? await factory({ genesis, dataDir, options, logger: o.logger })
    : unstarted(genesis)
  await checkNodeOptions({
    ...identity,
    ...nodeOptions(config),
    store: memoryStore(),
    execution: module.execution,
    ...(module.validators && { validators: module.validators }),
  })
}

/** Stands for a module that is not started, and may implement everything. */
function unstarted({ schedule }: Genesis): ExecutionModule {
  const notStarted = (): Promise<never> => Promise.reject(new Error('not started'))
  const execution = {
    lastCommitted: notStarted,
    propose: notStarted,
    verify: notStarted,
    commit: notStarted,
  }
  return { execution, ...(schedule === undefined && { validators: { scheduleAt: notStarted } }) }
}
