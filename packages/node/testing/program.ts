import { spawn } from 'node:child_process'

/** How a program ended. */
export interface ProgramExit {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly signal: string | undefined
}

/** A program in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly pid: number
  /** What it wrote to its output so far. */
  output(): string
  /** What it wrote to its error output so far. */
  errors(): string
  readonly exited: Promise<ProgramExit>
  kill(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void
  /** Resolves with the output once it matches. @throws Error with everything it wrote when it ends before. */
  untilOutput(pattern: RegExp): Promise<string>
}

/** Starts Node with these arguments; disposing of the program kills it. */
export function startProgram(
  args: readonly string[],
  o: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Program {
  const child = spawn(process.execPath, args, {
    ...o,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  const watchers = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    for (const watch of watchers) watch()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const exited = new Promise<ProgramExit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined })
    })
  })
  const ended = async (): Promise<never> => {
    const exit = await exited
    throw new Error(`the program ended with ${JSON.stringify(exit)}\n${output}${errors}`)
  }
  return {
    pid: child.pid ?? 0,
    output: () => output,
    errors: () => errors,
    exited,
    kill: (signal) => child.kill(signal),
    async untilOutput(pattern) {
      const seen = new Promise<string>((resolve) => {
        const watch = (): void => {
          if (pattern.test(output)) resolve(output)
        }
        watchers.add(watch)
        watch()
      })
      return Promise.race([seen, ended()])
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited.catch(() => undefined)
    },
  }
}
