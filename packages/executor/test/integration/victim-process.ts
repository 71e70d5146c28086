import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How long anything may take, in milliseconds. */
const patienceMs = 90_000

/** A process that says lines, until it is killed. */
export class VictimProcess {
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  readonly #said = new Set<string>()

  /** @param script a file of this folder */
  constructor(script: string, args: readonly string[], onLine: (line: string) => void) {
    const path = fileURLToPath(new URL(script, import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    this.#closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        this.#said.add(line.split(' ')[0] ?? '')
        onLine(line)
      }
      child.emit('said')
    })
  }

  /** Resolves once it has said a word, or something is so, looked at whenever it says anything. @throws Error when it ends before. */
  until(what: string | (() => boolean)): Promise<void> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const name = typeof what === 'string' ? what : 'the blocks'
      const end = (error?: Error): void => {
        clearTimeout(timer)
        child.off('said', look).off('close', onClose)
        if (error === undefined) resolve()
        else reject(error)
      }
      const look = (): void => {
        if (typeof what === 'string' ? this.#said.has(what) : what()) end()
      }
      const onClose = (): void => {
        end(new Error(`the process ended before ${name}`))
      }
      const timer = setTimeout(() => {
        end(new Error(`waited in vain for ${name}`))
      }, patienceMs)
      child.on('said', look).on('close', onClose)
      look()
    })
  }

  /** SIGKILL; resolves once it is gone and all that it said was heard. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }
}
