import { spawn, type ChildProcess } from 'node:child_process'
import { open } from 'node:fs/promises'
import type { LocalnetNode } from './write-localnet.js'

/** How a process is. */
export type ProcessState = 'running' | 'stopped' | `exited with ${string}`

/** A node of a localnet in a process of its own, which ends with this one, however that ends. */
export class NodeProcess {
  readonly node: LocalnetNode
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  #state: ProcessState = 'running'

  private constructor(node: LocalnetNode, child: ChildProcess) {
    this.node = node
    this.#child = child
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#state = `exited with ${error.message}`
        resolve()
      })
      child.once('exit', (code, signal) => {
        this.#state = code === 0 ? 'stopped' : `exited with ${signal ?? String(code)}`
        resolve()
      })
    })
  }

  /** Starts it; its output goes to its log file. */
  static async start(node: LocalnetNode): Promise<NodeProcess> {
    const log = await open(node.logFile, 'a')
    try {
      // The same program as this one, be it compiled or run from its sources.
      const program = [...process.execArgv, process.argv[1] ?? '']
      const args = [...program, 'run', '--config', node.configFile]
      const child = spawn(process.execPath, args, {
        // Ctrl-C in the terminal is for us alone; the channel ends with us, and the node with the channel.
        detached: true,
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
      })
      return new NodeProcess(node, child)
    } finally {
      await log.close()
    }
  }

  get state(): ProcessState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Asks it to stop. */
  stop(): void {
    if (this.#state === 'running') this.#child.kill('SIGTERM')
  }

  /** Ends it. */
  kill(): void {
    if (this.#state === 'running') this.#child.kill('SIGKILL')
  }
}
