import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorOf, type Logger } from '@zkstack/concurrency'
import type { Genesis } from '@zkstack/executor'
import { ConfigError } from '../config/config-error.js'
import type { NodeConfig } from '../config/node-config.js'
import { suggestion } from '../config/nearest.js'
import type { ExecutionFactory, ExecutionModule } from './execution-factory.js'
import { loadChain } from './load-chain.js'

const BUILTIN: Readonly<Record<string, ExecutionFactory>> = { 'builtin:load': loadChain }

/** Loads the execution layer that a configuration names, and starts it. @throws ConfigError `CONFIG_EXECUTION`. */
export async function loadExecution(
  config: Pick<NodeConfig, 'execution' | 'executionOptions' | 'data'>,
  o: { readonly genesis: Genesis; readonly logger: Logger },
): Promise<ExecutionModule> {
  const factory = await importExecution(config.execution)
  const dataDir = join(config.data, 'execution')
  await mkdir(dataDir, { recursive: true })
  try {
    return checked(await factory({ ...o, dataDir, options: config.executionOptions }))
  } catch (e) {
    if (e instanceof ConfigError) throw e
    throw wrong(`${config.execution} does not start: ${errorOf(e).message}`, e)
  }
}

/** Whether this program has the module itself: starting it has no effect outside. */
export function isBuiltin(name: string): boolean {
  return name in BUILTIN
}

/** The factory that a module exports, or a builtin one; nothing is started. @throws ConfigError `CONFIG_EXECUTION`. */
export async function importExecution(name: string): Promise<ExecutionFactory> {
  if (name.startsWith('builtin:')) {
    const known = Object.keys(BUILTIN)
    const factory = BUILTIN[name]
    if (factory !== undefined) return factory
    throw wrong(`there is no ${name}${suggestion(name, known)}; there is ${known.join(', ')}`)
  }
  let module: unknown
  try {
    module = await import(pathToFileURL(name).href)
  } catch (e) {
    throw wrong(`${name} does not load: ${errorOf(e).message}`, e)
  }
  if (typeof module === 'object' && module !== null && 'default' in module) {
    if (typeof module.default === 'function') return module.default as ExecutionFactory
  }
  throw wrong(`${name} has no function as its default export; it takes an ExecutionFactory`)
}

function checked(made: unknown): ExecutionModule {
  const isObject = typeof made === 'object' && made !== null
  if (isObject && 'execution' in made && typeof made.execution === 'object') {
    return made as ExecutionModule
  }
  throw wrong('the factory did not return { execution, mempool?, validators? }')
}

function wrong(problem: string, cause?: unknown): ConfigError {
  return new ConfigError('CONFIG_EXECUTION', 'execution', problem, { cause })
}
