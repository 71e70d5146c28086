import { spawn, type ChildProcess } from 'node:child_process'
import { open } from 'node:fs/promises'
import { COLLECT, collectedMemoryOf, type CollectedMemory } from './collected-memory.js'

/** What a {@link ValidatorProcess} takes. */
export interface ValidatorProcessInit {
  /** The whole command. */
  readonly command: readonly string[]
  readonly logFile: string
  /** Set beside what this process has. */
  readonly environment?: Readonly<Record<string, string>>
  /** Called when it ends and nobody asked for it. */
  onUnexpectedEnd(how: string): void
  /** Called with each answer to {@link ValidatorProcess.collect}. */
  onCollected(memory: CollectedMemory): void
}

/** A node that can be killed, paused and started again. */
export class ValidatorProcess {
  readonly #o: ValidatorProcessInit
  #child: ChildProcess | undefined
  #exited: Promise<string> = Promise.resolve('never started')
  #ending = false
  #paused = false
  #lives = 0

  constructor(o: ValidatorProcessInit) {
    this.#o = o
  }

  /** Undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** How often it was started. */
  get lives(): number {
    return this.#lives
  }

  /** Whether it can answer. */
  get isAwake(): boolean {
    return this.#child !== undefined && !this.#paused
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#o.command
    const log = await open(this.#o.logFile, 'a')
    try {
      this.#ending = false
      this.#paused = false
      this.#lives += 1
      // It ends when the channel closes: with us, however we end.
      const stdio = ['ignore', log.fd, log.fd, 'ipc'] as const
      const env = { ...process.env, ...this.#o.environment }
      const child = spawn(program ?? '', args, { detached: true, env, stdio: [...stdio] })
      this.#child = child
      child.on('message', (message) => {
        const memory = collectedMemoryOf(message)
        if (memory !== undefined) this.#o.onCollected(memory)
      })
      this.#exited = new Promise((resolve) => {
        child.once('error', (error) => {
          this.#ended(error.message, resolve)
        })
        child.once('exit', (code, signal) => {
          this.#ended(signal ?? `code ${code}`, resolve)
        })
      })
    } finally {
      await log.close()
    }
  }

  /** SIGKILL; resolves once it is gone. */
  async kill(): Promise<void> {
    this.#ending = true
    this.#child?.kill('SIGKILL')
    await this.#exited
  }

  pause(): void {
    this.#paused = true
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#paused = false
    this.#child?.kill('SIGCONT')
  }

  /** Has its garbage collected, and it say what is left; one that is paused or ends on the way answers late, or never. */
  collect(): void {
    if (this.isAwake) this.#child?.send(COLLECT, ignoreEnded)
  }

  /** SIGTERM; resolves with how it ended, `code 0` for an orderly stop. */
  async stop(): Promise<string> {
    this.#ending = true
    this.resume()
    this.#child?.kill('SIGTERM')
    return this.#exited
  }

  #ended(how: string, resolve: (how: string) => void): void {
    this.#child = undefined
    resolve(how)
    if (!this.#ending) this.#o.onUnexpectedEnd(how)
  }
}

/** That it is gone tells its exit. */
function ignoreEnded(): void {
  return
}
