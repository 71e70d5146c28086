import { fileURLToPath } from 'node:url'
import { startProgram, type Program } from '../../testing/index.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const script = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** Starts the command line from its sources. */
export function zkstack(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  return startProgram(['--import', 'tsx', script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  })
}
