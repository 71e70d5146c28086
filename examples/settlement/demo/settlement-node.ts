import { fileURLToPath } from 'node:url'
import { startProgram, type Program } from '@zkstack/node/testing'
import { settlementClient, type SettlementClient } from '@zkstack/rpc'

const cli = fileURLToPath(new URL('../../../packages/node/src/cli.ts', import.meta.url))

/** `zkstack settle run` in a process of its own, which may be killed and started again at the same address. */
export class SettlementNode implements AsyncDisposable {
  /** Where its JSON-RPC is. */
  readonly url: string
  /** Asks it; while it does not run, answers are of the kind `retry`. */
  readonly client: SettlementClient
  readonly #config: string
  #program: Program | undefined

  /** @param config the configuration file, with this port in it */
  constructor(config: string, port: number) {
    this.#config = config
    this.url = `http://127.0.0.1:${port}`
    this.client = settlementClient(this.url)
  }

  /** What the last process wrote to its error output. */
  get errors(): string {
    return this.#program?.errors() ?? ''
  }

  /** Starts the process, for the first time or again, and waits until it listens. */
  async start(): Promise<void> {
    const args = ['settle', 'run', '--config', this.#config]
    this.#program = startProgram(['--import', 'tsx', cli, ...args])
    await this.#program.untilOutput(/\n/)
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    this.#program?.kill('SIGKILL')
    await this.#program?.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
