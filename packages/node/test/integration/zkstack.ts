import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { CommandIo } from '../../src/cli/command.js'
import { main } from '../../src/cli/main.js'
import { startProgram, type Program } from '../../testing/index.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const script = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** Starts the command line from its sources, in a process of its own. */
export function startZkstack(args: readonly string[]): Program {
  return startProgram(['--import', 'tsx', script, ...args], {
    cwd: root,
  })
}

/** The same, with its output in a file; whoever starts it ends it. */
export function spawnZkstack(
  args: readonly string[],
  output: number,
): ChildProcessByStdio<null, null, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    stdio: ['ignore', output, 'pipe'],
  }) as ChildProcessByStdio<null, null, Readable>
}

/** What a command line did. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line in this process. */
export async function zkstack(...args: string[]): Promise<Outcome> {
  let [out, err] = ['', '']
  const io: CommandIo = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: {},
    isTerminal: false,
    signal: new AbortController().signal,
  }
  return { code: await main(args, io), out, err }
}
