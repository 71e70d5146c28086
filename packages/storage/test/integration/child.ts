import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A script that runs in a process of its own, and what it has said so far, line by line. */
export interface Child {
  readonly process: ChildProcess
  readonly lines: readonly string[]
  /** Resolves with the first line that is this one; rejects when the process ends before. */
  said(line: string): Promise<void>
  /** Resolves when the process has ended and all that it said was read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

/** Runs `test/integration/<script>` with arguments; `limit`: largest file that it may write, in KiB. */
export function runChild(
  script: string,
  args: readonly string[],
  o: { readonly limit?: number } = {},
): Child {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const command = [process.execPath, '--import', 'tsx', path, ...args]
  const limit = o.limit === undefined ? '' : `ulimit -f ${o.limit * 2}; `
  const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'child', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    child.emit('said')
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const said = (line: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (lines.includes(line)) resolve()
      }
      child.on('said', look)
      child.on('close', () =>
        reject(new Error(`the child ended before it said '${line}': ${lines.join(' | ')}`)),
      )
      look()
    })
  return { process: child, lines, said, ended }
}
