import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process that runs a transaction manager, and what it has said so far, line by line. */
export interface ManagerChild {
  readonly lines: readonly string[]
  /** Whether it has driven all its jobs to their ends. */
  readonly isDone: boolean
  /** Resolves when the process has ended and all that it said was read. */
  readonly ended: Promise<number | null>
  kill(): Promise<void>
}

/** Starts `manager-process.ts` with these jobs. */
export function runManager(url: string, path: string, jobs: number): ManagerChild {
  const script = fileURLToPath(new URL('manager-process.ts', import.meta.url))
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', script, url, path, String(jobs)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines: string[] = []
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    lines,
    get isDone() {
      return lines.includes('done')
    },
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
