import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { DemoError } from './demo-error.js'
import type { Report, Request, ValidatorConfig, ValidatorStatus } from './messages.js'

const script = fileURLToPath(new URL('validator-process.ts', import.meta.url))

/** How much of a process's error output is kept, in characters. */
const keptOutput = 4000

/** What a validator's process is doing, as far as the coordinator knows. */
export type ProcessState =
  'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'killed' | 'ended'

/** What a handle tells its owner. */
export interface HandleEvents {
  onReport(handle: ValidatorHandle, report: Report): void
  /** The process ended, or said that it must end, without having been told to. */
  onFailure(handle: ValidatorHandle, error: DemoError): void
}

/** The coordinator's side of one validator. */
export class ValidatorHandle {
  readonly name: string
  state: ProcessState = 'idle'
  /** The newest one; `undefined` while the process is not running. */
  status: ValidatorStatus | undefined
  readonly #config: ValidatorConfig
  readonly #events: HandleEvents
  readonly #roots = new Map<bigint, (root: string | undefined) => void>()
  #child: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #output = ''

  constructor(name: string, config: ValidatorConfig, events: HandleEvents) {
    this.name = name
    this.#config = config
    this.#events = events
  }

  /** Whether the validator takes transactions and makes blocks. */
  get live(): boolean {
    return this.state === 'running'
  }

  /** Of the process; `undefined` before the first start. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts the process, for the first time or again. */
  start(): void {
    this.state = 'starting'
    this.#output = ''
    const child = fork(script, {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-keptOutput)
    })
    child.on('message', (report: Report) => {
      this.#onReport(report)
    })
    // A message to a process that is just ending is not worth a word: its end is.
    child.on('error', () => undefined)
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#onExit(code, signal)
        resolve()
      })
    })
    this.send({ type: 'start', config: this.#config })
  }

  send(request: Request): void {
    if (this.#child?.connected === true) this.#child.send(request, () => undefined)
  }

  /** The state root after a block, in hexadecimal; `undefined` when the validator has not committed it. */
  root(number: bigint): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#roots.set(number, resolve)
      this.send({ type: 'root', number })
    })
  }

  /** Kills the process, if there is one, without warning and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.state === 'idle' || this.state === 'stopped' || this.state === 'ended') return
    this.state = 'killed'
    this.status = undefined
    this.#child?.kill('SIGKILL')
    await this.#exited
  }

  /** Asks the process to end and waits until it is gone; the caller kills one that takes too long. */
  async stop(): Promise<void> {
    if (this.state === 'running' || this.state === 'starting') this.state = 'stopping'
    this.send({ type: 'stop' })
    await this.#exited
  }

  /** Kills the process, if there is one, without waiting: for the end of the coordinator. */
  abandon(): void {
    if (this.#child?.exitCode === null && this.#child.signalCode === null)
      this.#child.kill('SIGKILL')
  }

  #onReport(report: Report): void {
    if (this.state === 'killed') return
    if (report.type === 'ready') this.state = 'running'
    else if (report.type === 'status') this.status = report.status
    else if (report.type === 'root') this.#roots.get(report.number)?.(report.root)
    else if (report.type === 'failed')
      this.#events.onFailure(this, new DemoError(`${this.name} failed: ${report.message}`))
    this.#events.onReport(this, report)
  }

  #onExit(code: number | null, signal: string | null): void {
    if (this.state === 'killed') return
    const wanted = this.state === 'stopping' && code === 0
    this.state = wanted ? 'stopped' : 'ended'
    if (wanted) return
    this.status = undefined
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    this.#events.onFailure(this, new DemoError(`${this.name} ended ${how}\n${this.#output}`.trim()))
  }
}
