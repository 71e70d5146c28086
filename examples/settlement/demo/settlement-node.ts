import { fileURLToPath } from 'node:url'
import type { Ctx } from '@zkstack/concurrency'
import { startProgram, type Program } from '@zkstack/node/testing'
import { settlementClient, type SettlementClient } from '@zkstack/rpc'
import { DemoError } from './demo-error.js'

const cli = fileURLToPath(new URL('../../../packages/node/src/cli.ts', import.meta.url))

/** `zkstack settle run` in a process of its own, which may be killed and started again at the same address. */
export class SettlementNode implements AsyncDisposable {
  /** Where its JSON-RPC is. */
  readonly url: string
  /** Asks it; while it does not run, answers are of the kind `retry`. */
  readonly client: SettlementClient
  readonly #config: string
  #program: Program | undefined
  #state: 'starts' | 'runs' | 'killed' = 'starts'

  /** @param config the configuration file, with this port in it */
  constructor(config: string, port: number) {
    this.#config = config
    this.url = `http://127.0.0.1:${port}`
    this.client = settlementClient(this.url)
  }

  /** Whether it runs. */
  get state(): 'starts' | 'runs' | 'killed' {
    return this.#state
  }

  /** What the last process wrote to its error output. */
  get errors(): string {
    return this.#program?.errors() ?? ''
  }

  /** Starts the process, for the first time or again, and waits until it listens. */
  async start(): Promise<void> {
    const args = ['settle', 'run', '--config', this.#config]
    this.#program = startProgram(['--import', 'tsx', cli, ...args])
    this.#state = 'starts'
    await this.#program.untilOutput(/\n/)
    this.#state = 'runs'
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    this.#state = 'killed'
    this.#program?.kill('SIGKILL')
    await this.#program?.exited
  }

  /** Watches the process until cancelled. @throws DemoError when it ends without having been killed */
  async watch(ctx: Ctx): Promise<never> {
    for (;;) {
      const exit = await ctx.race(this.#program?.exited ?? Promise.resolve(undefined))
      if (exit !== undefined && this.#state !== 'killed')
        throw new DemoError(`the settlement node ended by itself: ${JSON.stringify(exit)}`)
      await ctx.sleep(100)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
