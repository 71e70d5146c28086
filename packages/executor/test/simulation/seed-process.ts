import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedResult } from './seed-run.js'
import type { SeedRunner } from './run-seeds.js'

/** A process that runs seeds. */
export interface SeedProcess {
  readonly run: SeedRunner
  stop(): void
}

/** A simulation makes much that soon nobody needs: more room for it, in MiB, takes less time to clear. */
const youngSpace = '--max-semi-space-size=32'

/** Starts a process. @param validators as the command line has them. */
export function startSeedProcess(validators: string): SeedProcess {
  const script = fileURLToPath(new URL('seed-process.script.ts', import.meta.url))
  const child = fork(script, [validators], { execArgv: [youngSpace, '--import', 'tsx'] })
  let settle: { resolve: (result: SeedResult) => void; reject: (error: Error) => void } | undefined
  let ended: Error | undefined
  child.on('message', (result) => {
    settle?.resolve(result as SeedResult)
    settle = undefined
  })
  child.on('exit', (code, signal) => {
    ended = new Error(`a process of the simulator ended with ${code ?? signal ?? 'nothing'}`)
    settle?.reject(ended)
  })
  return {
    run: (seed) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended)
          return
        }
        settle = { resolve, reject }
        child.send(seed)
      }),
    stop: () => {
      child.disconnect()
    },
  }
}
