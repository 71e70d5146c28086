import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A process that runs a transaction manager, and what it has said so far, line by line. */
export interface ManagerChild {
  readonly lines: readonly string[]
  /** Whether it has driven all its jobs to their ends. */
  readonly isDone: boolean
  /** Resolves when the process has ended and all that it said was read. */
  readonly ended: Promise<number | null>
  kill(): Promise<void>
}

/** What a process is started with. */
export interface ManagerChildOptions {
  /** What {@link buildManager} gave. */
  readonly program: string
  readonly url: string
  /** Folder of its database. */
  readonly path: string
  readonly jobs: number
}

/** Puts `manager-process.ts` and all that it needs into one file, which starts in a third of the time. */
export async function buildManager(folder: string): Promise<string> {
  const outfile = join(folder, 'manager-process.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('manager-process.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    plugins: [
      {
        name: 'native modules stay where they are',
        setup({ onResolve }) {
          onResolve({ filter: /^(classic-level|mcl-wasm|@chainsafe\/blst)$/ }, (module) => ({
            path: createRequire(module.importer).resolve(module.path),
            external: true,
          }))
        },
      },
    ],
  })
  return outfile
}

/** Starts the process. */
export function runManager({ program, url, path, jobs }: ManagerChildOptions): ManagerChild {
  const child: ChildProcess = spawn(process.execPath, [program, url, path, String(jobs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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
