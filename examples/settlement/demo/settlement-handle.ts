import { errorOf } from '@zkstack/concurrency'
import { err, type Result } from '@zkstack/crypto'
import type { EndpointError, NetworkInfo, SettlementEndpoint } from '@zkstack/settlement'
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, NodeConfig, Question } from './messages.js'

const script = fileURLToPath(new URL('settlement-process.ts', import.meta.url))

/** The settlement node's process, which may be killed and started again: whoever asks meanwhile is told to come back. */
export class SettlementHandle implements SettlementEndpoint {
  readonly #config: NodeConfig
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #child: ChildProcess | undefined
  #next = 0
  /** What the process wrote to its error output. */
  errors = ''

  constructor(config: NodeConfig) {
    this.#config = config
  }

  /** Starts the process, for the first time or again. */
  async start(): Promise<void> {
    const child = fork(script, {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-4000)
    })
    child.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer)
    })
    child.once('exit', () => {
      for (const [id, reply] of this.#waiting) reply({ id, error: 'the process ended' })
    })
    await this.#exchange({ config: this.#config })
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }

  submit: SettlementEndpoint['submit'] = (certificate) =>
    this.#ask({ method: 'submit', certificate })

  header: SettlementEndpoint['header'] = (certificateId) =>
    this.#ask({ method: 'header', certificateId })

  latestHeaders: SettlementEndpoint['latestHeaders'] = (networkId) =>
    this.#ask({ method: 'latestHeaders', networkId })

  epochConfiguration: SettlementEndpoint['epochConfiguration'] = () =>
    this.#ask({ method: 'epochConfiguration' })

  /** @throws Error while the process does not run */
  async networkInfo(networkId: number): Promise<NetworkInfo | undefined> {
    const question: Question = { method: 'networkInfo', networkId }
    return (await this.#exchange({ question })) as NetworkInfo | undefined
  }

  async #ask<T>(question: Question): Promise<Result<T, EndpointError>> {
    try {
      return (await this.#exchange({ question })) as Result<T, EndpointError>
    } catch (e) {
      return err({ kind: 'retry', code: 'Unavailable', message: errorOf(e).message })
    }
  }

  #exchange(message: { readonly config: NodeConfig } | { readonly question: Question }) {
    const child = this.#child
    const id = this.#next++
    return new Promise<unknown>((resolve, reject) => {
      if (child?.connected !== true) {
        reject(new Error('the process does not run'))
        return
      }
      this.#waiting.set(id, (answer) => {
        this.#waiting.delete(id)
        if ('error' in answer) reject(new Error(answer.error))
        else resolve(answer.value)
      })
      child.send({ id, ...message })
    })
  }
}
